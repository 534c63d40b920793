"""What is seen while a class is graded: a bar in a terminal, and elsewhere a line now and then."""

import time

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

# Seconds between two lines where there is no terminal.
PAUSE = 10


class GradingProgress:
    """Counts what is done, and shows it. A context; `done` is called after each submission."""

    def __init__(self, console, total):
        self.console, self.total = console, total
        self.count, self.slowest = 0, (0.0, "")
        self.begun = self.shown = time.monotonic()
        self.bar = Progress(
            TextColumn("grading"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[rate]}"),
            TimeRemainingColumn(),
            TextColumn("{task.fields[slowest]}"),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self.task = self.bar.add_task("grading", total=total, rate="", slowest="")

    def __enter__(self):
        self.bar.start()
        return self

    def __exit__(self, *_):
        self.bar.stop()

    def done(self, name, seconds):
        """One more is done, which took so many seconds."""
        self.count += 1
        self.slowest = max(self.slowest, (seconds, name))
        self.bar.update(self.task, advance=1, rate=self._rate(), slowest=self._slowest())
        self.show()

    def show(self):
        """Say how far it is, if that was not said a moment ago; also where nothing is done yet."""
        now = time.monotonic()
        if not self.console.is_terminal and now - self.shown >= PAUSE:
            self.shown = now
            left = f"{_words(self._left())} left" if self.count else "the first are running"
            self.console.print(f"{self.summary()}, {left}", soft_wrap=True)

    def summary(self):
        """What was done so far, in a line."""
        return f"{self.count} of {self.total} graded, {self._rate()}, {self._slowest()}"

    def _rate(self):
        return f"{self.count / max(time.monotonic() - self.begun, 1e-9):.1f} a second"

    def _slowest(self):
        seconds, name = self.slowest
        return f"slowest {name}: {seconds:.1f} s" if name else "none yet"

    def _left(self):
        return (time.monotonic() - self.begun) / self.count * (self.total - self.count)


def bound(notebooks, at_once, seconds):
    """What a class can take at the most, in a sentence; seconds: that a notebook may take."""
    rounds = -(-notebooks // at_once)
    return (
        f"{notebooks} notebooks, {at_once} at a time: {_words(rounds * seconds)} at the most, "
        f"if each used all the time that it may."
    )


def _words(seconds):
    return f"{seconds / 60:.0f} min" if seconds > 90 else f"{seconds:.0f} s"
