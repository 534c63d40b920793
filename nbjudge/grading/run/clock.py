"""The time of a notebook: its own, and what others took from it.

Its own is what it keeps a processor busy, or the time by the clock on the wall without what it
stood ready and waited for a processor, whichever is more. So a loop has its time however busy the
machine is, what sleeps is cut as if it were not, and no number of processes gives more of it.
"""

import time

from nbjudge.grading.sandbox.process import usage

# How often it is looked at: what is shorter is time by the clock on the wall.
PAUSE = 0.25


class NotebookClock:
    """own: seconds of the notebook's own time; waited: seconds that it waited for a processor.

    It stands until a process is watched.
    """

    def __init__(self):
        self.own = self.waited = 0.0
        self._pid = None

    def watch(self, pid):
        """From now on look at the process of this pid, and at all that descends from it."""
        self._pid, self._at, self._before = pid, time.monotonic(), usage(pid)

    def stop(self):
        """Stand still."""
        self._pid = None

    def look(self):
        """Go on to now, and return the Usage; None if the last look was a moment ago."""
        now = time.monotonic()
        if self._pid is None or now - self._at < PAUSE:
            return None
        used = usage(self._pid)
        self._add(now - self._at, self._before, used)
        self._at, self._before = now, used
        return used

    def _add(self, passed, before, now):
        waited = min(max(now.waited - before.waited, 0.0), passed)
        own = max(now.ran - before.ran, passed - waited)
        self.own += own
        self.waited += max(passed - own, 0.0)
