"""What a cell shows, gathered in the form of a notebook's outputs."""

# What a notebook page may show of a student's output: no markup that could run in a browser.
SHOWN = ("text/plain", "text/latex", "image/png", "image/jpeg")

LEFT_OUT = "\n... the rest of the output is left out ..."


class Outputs:
    """What a cell shows, in the form of a notebook's outputs, up to ``room`` characters."""

    def __init__(self):
        self.begin(0)

    def begin(self, room):
        """Begin anew, for a cell that may show so many characters."""
        self.items, self.room, self.is_cut = [], room, False

    def stream(self, name, text):
        self._append_text(name, self._cut(text))

    def _append_text(self, name, text):
        last = self.items[-1] if self.items else {}
        if text and last.get("output_type") == "stream" and last["name"] == name:
            last["parts"].append(text)
        elif text:
            self.items.append({"output_type": "stream", "name": name, "parts": [text]})

    def data(self, output_type, bundle):
        shown = {kind: str(bundle[kind]) for kind in SHOWN if kind in bundle}
        if self._takes(sum(map(len, shown.values()))):
            self.items.append({"output_type": output_type, "data": shown})

    def error(self, ename, evalue, lines):
        lines = [str(line)[-4000:] for line in lines[-50:]]
        if not self._takes(sum(map(len, lines))):
            lines = [f"{ename}: {evalue}"[:500]]
        self.items.append(
            {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": lines}
        )

    def _takes(self, size):
        """Whether there is room for so many characters; if not, that is said once."""
        if size <= self.room:
            self.room -= size
            return True
        self._append_text("stdout", self._left_out())
        return False

    def _cut(self, text):
        if len(text) > self.room:
            text = text[: self.room] + self._left_out()
            self.room = 0
            return text
        self.room -= len(text)
        return text

    def _left_out(self):
        said, self.is_cut = self.is_cut, True
        return "" if said else LEFT_OUT
