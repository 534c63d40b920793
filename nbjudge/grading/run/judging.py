"""A test cell, run by the judge: the instructor's text, with stand-ins for the student's functions.

The cell's mark is all or nothing: an error output or none. The value of its last line is not read.
"""

import ast
import builtins
import contextlib
import io
import traceback
import warnings

from nbformat.v4 import new_output

from nbjudge.checking.exceptions import in_your_lines
from nbjudge.checking.message import CheckFailed
from nbjudge.checking.remote import NoAnswer, RemoteError
from nbjudge.checking.results import gathered
from nbjudge.checking.seed import seeded
from nbjudge.grading.errors import Ended
from nbjudge.grading.run.limits import SLOW
from nbjudge.grading.run.overrun import Overrun, bounded

TOO_LARGE = (
    "It took more than {} to judge this answer, and was given up: is it far larger than what was "
    "asked for?"
)


class Judge:
    """Runs the test cells of one notebook, in order, under one seed, within the student's Limits.

    given: the instructor's other cells, whose imports the test cells may rely on.
    """

    def __init__(self, student, seed, given=()):
        self.student = student
        self.seed = seed
        # Of our own processor time, for a cell.
        self.seconds = student.limits.judging_seconds
        self.names = {"__name__": "__main__"}
        # Names that stand for the student's, to be looked up anew for each cell.
        self.borrowed = set()
        for source in given:
            self._import(source)

    def outputs(self, source):
        """The outputs of a test cell: what it prints, what its checks leave, and its error."""
        printed, errors = io.StringIO(), []
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
            gathered() as results,
        ):
            try:
                with bounded(self.seconds, self.student.limits.judging_memory):
                    self._run(source)
            except Overrun:
                errors = [plain_error("Overrun", TOO_LARGE.format(f"{self.seconds:g} s"))]
                # Once more it would cost the class as much.
                self.seconds = self.student.limits.judging_seconds / SLOW
            except (Exception, SystemExit) as raised:
                errors = [_error_output(raised)]
        text = printed.getvalue()
        shown = [new_output("stream", name="stdout", text=text)] if text else []
        return (
            shown + [new_output("display_data", data=result.bundle) for result in results] + errors
        )

    def _run(self, source):
        tree = ast.parse(source)
        self._borrow(tree)
        with warnings.catch_warnings(), seeded(self.seed):
            warnings.simplefilter("ignore")
            exec(compile(tree, "<test cell>", "exec"), self.names)

    def _borrow(self, tree):
        """Put what the student's notebook has under the names that the cell reads."""
        for name in self.borrowed:
            self.names.pop(name, None)
        self.borrowed = set()
        for name in _names_read(tree):
            if name not in self.names and not hasattr(builtins, name):
                self._borrow_name(name)

    def _borrow_name(self, name):
        try:
            found = self.student.look(name)
        except Ended as end:
            raise NoAnswer(f"{name} could not be looked up. {end}") from None
        kind = found.get("kind")
        if kind == "missing":
            return
        self.borrowed.add(name)
        if kind == "function":
            self.names[name] = StandIn(self.student, name)
        elif kind == "data":
            self.names[name] = found.get("value")
        else:
            self.names[name] = Other()

    def _import(self, source):
        """Do the imports of an instructor's cell that stand at its top level."""
        try:
            statements = ast.parse(source).body
        except SyntaxError:
            # A cell with a line for IPython alone: it imports nothing for the tests.
            return
        imports = [line for line in statements if isinstance(line, (ast.Import, ast.ImportFrom))]
        exec(compile(ast.Module(imports, []), "<given cell>", "exec"), self.names)


class StandIn:
    """Takes the place of a student's function: sends the arguments, brings the result back.

    One that gave no answer is not asked again by the same cell: it would cost the time of others.
    """

    def __init__(self, student, name, lent=None):
        self._student = student
        self._silent = None
        self._lent = lent or {}
        self.__name__ = name

    @property
    def version(self):
        """The same for all the functions of one notebook."""
        return self._student.token

    def __call__(self, *args, **kwargs):
        if self._silent:
            raise NoAnswer(self._silent)
        try:
            return self._student.call(self.__name__, args, kwargs, self._lent)
        except NoAnswer as error:
            self._silent = str(error)
            raise

    @contextlib.contextmanager
    def lend(self, given):
        """The function while these stand in the place of its student's: name -> function.

        Its process ends afterwards, so that what it was lent answers no other question.
        """
        try:
            yield StandIn(self._student, self.__name__, given)
        finally:
            self._student.begin_anew()


class Other:
    """Takes the place of something of the student's that is neither a function nor data."""


def plain_error(kind, text):
    """An error output that shows a text and no traceback."""
    return new_output("error", ename=kind, evalue=text, traceback=text.splitlines())


def _names_read(tree):
    """The names that a cell reads and neither imports nor defines first, in order of sight."""
    read = [n.id for n in ast.walk(tree) if isinstance(n, ast.Name) and type(n.ctx) is ast.Load]
    made = {
        (alias.asname or alias.name).split(".")[0]
        for node in ast.walk(tree)
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for alias in node.names
    }
    return [name for name in dict.fromkeys(read) if name not in made]


def _error_output(error):
    if isinstance(error, CheckFailed):
        return plain_error("CheckFailed", str(error))
    if isinstance(error, RemoteError):
        where = f"\n{in_your_lines(error.line)}" if error.line else ""
        return plain_error(error.kind, f"{error.kind}: {error}{where}")
    if isinstance(error, NoAnswer):
        return plain_error("NoAnswer", str(error))
    if isinstance(error, MemoryError):
        return plain_error("MemoryError", TOO_LARGE.format("the memory there is"))
    if isinstance(error, NotImplementedError):
        return plain_error("NotImplementedError", "This function is not written yet.")
    if isinstance(error, NameError) and error.name:
        text = f"{error.name} is not defined: its cell is missing, or stopped before that line."
        return plain_error("NameError", text)
    lines = traceback.format_exception_only(error)
    return new_output(
        "error", ename=type(error).__name__, evalue=str(error), traceback="".join(lines).split("\n")
    )
