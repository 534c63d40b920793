"""What a cell shows, gathered in the form of a notebook's outputs."""

# What a notebook page may show of a student's output: no markup that could run in a browser.
SHOWN = ("text/plain", "text/latex", "image/png", "image/jpeg")


class Outputs:
    """What a cell shows, in the form of a notebook's outputs, up to ``room`` characters."""

    def __init__(self):
        self.items = []
        self.room = 0

    def begin(self, room):
        self.items, self.room = [], room

    def stream(self, name, text):
        text = self._cut(text)
        last = self.items[-1] if self.items else {}
        if text and last.get("output_type") == "stream" and last["name"] == name:
            last["parts"].append(text)
        elif text:
            self.items.append({"output_type": "stream", "name": name, "parts": [text]})

    def data(self, output_type, bundle):
        shown = {kind: str(bundle[kind]) for kind in SHOWN if kind in bundle}
        size = sum(map(len, shown.values()))
        if size <= self.room:
            self.room -= size
            self.items.append({"output_type": output_type, "data": shown})

    def error(self, ename, evalue, lines):
        lines = [str(line)[-4000:] for line in lines[-50:]]
        self.items.append(
            {"output_type": "error", "ename": ename, "evalue": evalue, "traceback": lines}
        )

    def _cut(self, text):
        if len(text) > self.room > 0:
            text = text[: self.room] + "\n... the rest of the output is left out ..."
            self.room = 0
            return text
        text = text[: self.room]
        self.room -= len(text)
        return text
