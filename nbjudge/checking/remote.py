"""What a function that runs somewhere else may raise besides its answer: an account of an error."""


class RemoteError(Exception):
    """The function raised there. ``kind`` and ``text`` as of the exception, ``line`` the student's.

    ``line`` is empty where no line of the student's was reached.
    """

    def __init__(self, kind, text, line=""):
        super().__init__(text)
        self.kind = kind
        self.line = line


class NoAnswer(Exception):
    """The function gave no answer that could be judged; the text says why, to the student."""


def kind_of(error):
    """The name of an exception's type, as the student knows it."""
    return error.kind if isinstance(error, RemoteError) else type(error).__name__
