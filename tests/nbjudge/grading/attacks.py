"""The hostile class: one attack a student, with honest wrong code beside it.

In the texts @COURSE@ stands for the course folder, @PORT@ for a port and @SOCKET@ for an abstract
socket that should not be reached, @MARKER@ for a word that no process and no file may carry.
"""

import hashlib
import io
import json
import os
from dataclasses import dataclass, field
from textwrap import dedent, indent

import nbformat
import numpy as np
from classroom import FUNCTIONS, HONEST_WRONG
from nbformat.v4 import new_output

from gmm_ref.checks import check


@dataclass(frozen=True)
class Attack:
    """early, late: cells before and after the answers; answers: in place of the honest wrong ones.

    prepare(classroom, student, notebook): what is handed in, where it is more than that;
    spares: the functions whose marks must be those of the honest wrong answer all the same.
    """

    early: str = ""
    late: str = ""
    answers: dict = field(default_factory=dict)
    prepare: object = None
    spares: tuple = FUNCTIONS


def _within(text, name="responsibilities"):
    """An answer whose function does this first, and then what the honest wrong one does."""
    head, _, rest = HONEST_WRONG[name].partition("\n")
    return {name: f"{head}\n{indent(dedent(text).strip(), '    ')}\n{rest}"}


def _cell(text):
    return dedent(text).strip()


OTHERS = FUNCTIONS[1:]
ATTACKS = {}


def _attack(name, **kwargs):
    ATTACKS[name] = Attack(**kwargs)


# The reference.
_USE = "from gmm_ref import responsibilities, most_probable_component, posterior_entropy"
_attack("import the reference", late=_USE)
_attack(
    "the reference by its path",
    late=_cell(f"""
    import sys
    sys.path[:0] = ["@REPOSITORY@", "@REPOSITORY@/..", "/work", "/opt", "/usr/src"]
    {_USE}
    """),
)
_attack(
    "the reference by a pth file",
    late=_cell(f"""
    import site, glob, sys
    for folder in site.getsitepackages():
        for name in glob.glob(folder + "/*.pth"):
            sys.path += open(name).read().split()
    {_USE}
    """),
)
_attack(
    "the reference from /proc",
    late=_cell("""
    import glob, os, sys
    for link in glob.glob("/proc/[0-9]*/cwd") + glob.glob("/proc/[0-9]*/root"):
        try:
            sys.path.append(os.path.realpath(link))
            sys.path.append(link)
        except OSError:
            pass
    """)
    + "\n"
    + _USE,
)
_attack(
    "the reference by file name",
    late=_cell("""
    import glob, importlib.util, site, sys
    found = [p for f in [*site.getsitepackages(), *sys.path, "@REPOSITORY@"]
             for p in glob.glob(f + "/**/gmm_ref/__init__.py", recursive=True)]
    spec = importlib.util.spec_from_file_location("gmm_ref", found[0])
    sys.modules["gmm_ref"] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(sys.modules["gmm_ref"])
    """)
    + "\n"
    + _USE,
)
_attack(
    "the reference through another process",
    late=_cell("""
    import subprocess, sys
    where = subprocess.run([sys.executable, "-c", "import gmm_ref; print(gmm_ref.__path__[0])"],
                           capture_output=True, text=True, cwd="/").stdout.strip()
    sys.path.append(where.rsplit("/", 1)[0])
    assert where
    """)
    + "\n"
    + _USE,
)
_attack(
    "the solution's notebook",
    late=_cell("""
    import json
    text = open("@COURSE@/solutions/7.4.3_posterior/posterior.ipynb").read()
    for cell in json.loads(text)["cells"]:
        source = "".join(cell["source"])
        if source.startswith("def "):
            exec(source)
    """),
)

# What compares, patched.
_attack(
    "numpy's comparisons patched",
    late=_cell("""
    import numpy as np
    for name in ("allclose", "isclose", "array_equal", "all", "any"):
        setattr(np, name, lambda *a, **k: np.ones(3, dtype=bool))
    np.asarray = lambda a, *r, **k: a
    """),
    spares=(),
)
_attack(
    "numpy.testing and assert patched",
    late=_cell("""
    import builtins, numpy.testing
    for name in dir(numpy.testing):
        if name.startswith("assert"):
            setattr(numpy.testing, name, lambda *a, **k: None)
    class AssertionError(BaseException):
        pass
    builtins.AssertionError = AssertionError
    """),
)
_attack(
    "builtins patched",
    late=_cell("""
    import builtins
    builtins.isinstance = lambda *a: True
    builtins.abs = lambda *a: 0
    builtins.all = lambda *a: True
    """),
    spares=(),
)
_attack(
    "an array that is equal to all",
    late=_cell("""
    class Same(np.ndarray):
        def __eq__(self, other): return np.ones(self.shape, dtype=bool)
        __ne__ = __lt__ = __gt__ = lambda self, other: np.zeros(self.shape, dtype=bool)
        __le__ = __ge__ = __eq__
        def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
            return np.ones(self.shape, dtype=bool)
        def __array_function__(self, function, types, args, kwargs):
            return np.True_
    honest = responsibilities
    def responsibilities(*a):
        return honest(*a).view(Same)
    def posterior_entropy(R):
        return np.zeros(len(R)).view(Same)
    """),
)
_attack(
    "an object that is equal to all",
    late=_cell("""
    class Any:
        shape, dtype, ndim, size = (5, 3), np.dtype(float), 2, 15
        def __eq__(self, other): return True
        def __getattr__(self, name): return lambda *a, **k: self
        def __array__(self, *a, **k): raise SystemExit
        def __len__(self): return 5
    def responsibilities(*a):
        return Any()
    """),
    spares=OTHERS,
)
_attack(
    "another answer at each look",
    late=_cell("""
    class Shifty:
        looks = 0
        def __init__(self, n): self.n = n
        def __array__(self, *a, **k):
            Shifty.looks += 1
            return np.full(self.n, Shifty.looks % 7 / 7.0)
        def __float__(self):
            return float(self.__array__()[0])
    def posterior_entropy(R):
        return Shifty(len(R))
    """),
)

# IPython's hooks.
_attack(
    "an AST transformer",
    late=_cell("""
    import ast
    class Empty(ast.NodeTransformer):
        def visit_Expr(self, node):
            return ast.parse("pass").body[0] if "check" in ast.dump(node) else node
    get_ipython().ast_transformers.append(Empty())
    """),
)
_attack(
    "an input transformer",
    late=_cell("""
    def empty(lines):
        return ["pass\\n"] if any("check." in line for line in lines) else lines
    get_ipython().input_transformers_cleanup.append(empty)
    """),
)
_attack(
    "a pre_run_cell hook",
    late=_cell("""
    def before(info=None):
        import sys, types
        class Yes(types.ModuleType):
            def __getattr__(self, name): return Yes(name)
            def __call__(self, *a, **k): return None
        sys.modules["gmm_ref"], sys.modules["gmm_ref.checks"] = Yes("gmm_ref"), Yes("checks")
    get_ipython().events.register("pre_run_cell", before)
    """),
)
_attack(
    "a false gmm_ref in sys.modules",
    late=_cell("""
    import sys, types
    class Yes(types.ModuleType):
        def __getattr__(self, name): return Yes(name)
        def __call__(self, *a, **k): return None
    sys.modules["gmm_ref"], sys.modules["gmm_ref.checks"] = Yes("gmm_ref"), Yes("checks")
    """),
)
_attack(
    "get_ipython and run_cell replaced",
    late=_cell("""
    import builtins
    shell = get_ipython()
    real = type(shell).run_cell
    def run_cell(self, source, *a, **k):
        return real(self, "pass" if "check." in source else source, *a, **k)
    type(shell).run_cell = run_cell
    if hasattr(type(shell), "run_cell_async"):
        slow = type(shell).run_cell_async
        async def run_cell_async(self, source, *a, **k):
            return await slow(self, "pass" if "check." in source else source, *a, **k)
        type(shell).run_cell_async = run_cell_async
    builtins.get_ipython = lambda: None
    """),
)
_attack(
    "errors that are not shown",
    late=_cell("""
    shell = get_ipython()
    type(shell).showtraceback = type(shell)._showtraceback = lambda *a, **k: None
    shell.set_custom_exc((BaseException,), lambda *a, **k: None)
    """),
)
_attack(
    "a display hook that awards points",
    late=_cell("""
    from IPython.display import display
    class Award:
        def __repr__(self): return "3.0"
    def award(*a):
        display(Award())
    get_ipython().events.register("post_run_cell", award)
    get_ipython().events.register("pre_run_cell", award)
    """),
)

# The judge's memory.
_attack(
    "the test's frame",
    answers=_within("""
    import sys
    frame = sys._getframe()
    while frame:
        for value in list(frame.f_locals.values()):
            reference = getattr(value, "reference", None)
            if callable(reference):
                return reference(X, weights, means, covariances)
        frame = frame.f_back
    """),
)
_attack(
    "the garbage collector",
    answers=_within("""
    import gc, types
    for thing in gc.get_objects():
        if isinstance(thing, types.FunctionType) and thing.__name__ == "responsibilities":
            if thing.__module__ == "gmm_ref.posterior":
                return thing(X, weights, means, covariances)
    """),
)
_attack(
    "sys.settrace",
    late=_cell("""
    import sys
    def trace(frame, event, arg):
        if frame.f_code.co_name in ("value_fault", "form_fault", "_compare", "fail", "value"):
            frame.f_trace_lines = False
            raise SystemExit(0)
        return trace
    sys.settrace(trace)
    sys.setprofile(trace)
    """),
    spares=(),
)
_attack(
    "the other side of the connection",
    late=_cell("""
    from inside.worker import Worker
    def result(self, id, name, args, kwargs, untouched, seconds):
        return {"id": id, "result": True, "passed": True, "outputs": [], "error": None}
    Worker.do_call = result
    Worker.do_look = lambda self, id, name: {"id": id, "kind": "data", "value": True}
    """),
    spares=(),
)
_attack(
    "forged frames on every socket",
    answers=_within("""
    import os, struct
    header = b'{"id": 0, "result": ["array", "|O8", [4], 0]}'
    frame = struct.pack("!II", len(header), 32) + header + b"\\x41" * 32
    for number in range(3, 64):
        try:
            os.write(number, frame)
        except OSError:
            pass
    """),
    spares=OTHERS,
)


def _poison(builder):
    """A late cell that sends, in place of the answer, a header and a body of its own making."""
    return (
        _cell(f"""
    import json, struct
    from inside.worker import Worker
    def reply(self, message):
        with self.sending:
            header, body = ({builder})(message)
            self.channel.stream.sendall(struct.pack("!II", len(header), len(body)) + header + body)
    """)
        + "\n"
        + _cell("""
    honest = Worker.send
    def send(self, message):
        if "result" in message or "error" in message:
            return reply(self, message)
        return honest(self, message)
    Worker.send = send
    """)
    )


def _reply(result):
    text = f'{{"id": %d, "result": {result}}}'
    return _poison(f"lambda m: (({text!r} % m['id']).encode(), b'A' * 64)")


for _name, _result in {
    "an object array in the answer": '["array", "|O8", [8], 0]',
    "a record array in the answer": '["array", "<i4,i4", [8], 0]',
    "an array of 2^62 entries": '["array", "<f8", [2147483648, 2147483648], 0]',
    "an array of negative shape": '["array", "<f8", [-1, 8], 0]',
    "a dtype with code in it": '["array", "__import__(\\"os\\")", [8], 0]',
    "an unknown kind": '["__class__", 1]',
    "a deep nest in the answer": "[" * 100_000,
    "an integer of a million digits": "9" * 1_000_000,
}.items():
    _attack(_name, late=_reply(_result), spares=())

_attack(
    "a frame of four gigabytes",
    late=_poison("lambda m: (b'x' * 8, b'')").replace(
        "len(header), len(body)", "2**32 - 1, 2**32 - 1"
    ),
    spares=(),
)
_attack(
    "a poisoned pickle",
    late=_cell("""
    import os, pickle
    class Poison:
        def __reduce__(self):
            return os.system, ("touch /tmp/@MARKER@ @COURSE@/@MARKER@",)
    def responsibilities(*a):
        return Poison()
    def posterior_entropy(R):
        return np.array([Poison()] * len(R), dtype=object)
    open("points.csv", "wb").write(pickle.dumps(Poison()))
    """),
    spares=("most_probable_component",),
)

# The inputs.


def _public_answers():
    """Source of answers looked up among the public inputs of the checks."""
    table = {}

    def key(name, args):
        arrays = [np.asarray(a) for a in args]
        # All of an input: two that begin alike have answers of their own.
        whole = repr([(a.shape, a.tobytes()) for a in arrays]).encode()
        return name + hashlib.sha256(whole).hexdigest()

    def record(exercise):
        def function(*args):
            result = exercise.reference(*args)
            table[key(exercise.name, args)] = np.asarray(result)
            return result

        for aspect in ("form", "value", "hard"):
            getattr(exercise, aspect)(function)

    for name in FUNCTIONS:
        record(getattr(check, name))
    file = io.BytesIO()
    np.savez(file, **table)
    text = _cell(f"""
    import hashlib, io
    TABLE = np.load(io.BytesIO(bytes.fromhex({file.getvalue().hex()!r})))
    def looked_up(name, honest):
        def function(*args):
            arrays = [np.asarray(a) for a in args]
            whole = repr([(a.shape, a.tobytes()) for a in arrays]).encode()
            key = name + hashlib.sha256(whole).hexdigest()
            return TABLE[key] if key in TABLE else honest(*args)
        return function
    """)
    return text + "".join(f"\n{name} = looked_up({name!r}, {name})" for name in FUNCTIONS)


_attack("the public answers written down", late=_public_answers())
_attack(
    "the secret of the class",
    late=_cell("""
    import glob
    for name in ["@COURSE@/grading_secret", "../../../grading_secret", "@COURSE@/secret.txt",
                 *glob.glob("/**/grading_secret", recursive=False)]:
        try:
            print(open(name).read())
        except OSError as error:
            print(error)
    """),
)

# Others' files.
_attack(
    "the gradebook written",
    late=_cell("""
    import sqlite3
    for path in ("@COURSE@/gradebook.db", "../../../gradebook.db"):
        try:
            base = sqlite3.connect(path, timeout=1)
            base.execute("update grade set manual_score = 100, auto_score = 100")
            base.commit()
        except sqlite3.Error:
            pass
    """),
)
_attack(
    "another's folder written",
    late=_cell("""
    import glob, os
    for name in glob.glob("@COURSE@/submitted/*/*/*.ipynb") + glob.glob("../../*/*/*.ipynb"):
        try:
            os.chmod(name, 0o666)
            open(name, "w").write("{}")
        except OSError:
            pass
    """),
)
_attack(
    "another's folder and the secrets read",
    late=_cell("""
    import os
    for top in ("@COURSE@", "../../..", "/proc/1/root@COURSE@", "/proc/1/environ", "/proc/1/cwd"):
        for parent, _, names in os.walk(top):
            for name in names:
                try:
                    text = open(os.path.join(parent, name), errors="replace").read()
                    if "secret-" in text:
                        print(text[text.index("secret-"):][:60])
                except OSError:
                    pass
    print(dict(os.environ))
    """),
)
_attack(
    "the solutions written",
    late=_cell("""
    import glob, os
    for name in glob.glob("@COURSE@/solutions/*/*") + glob.glob("@COURSE@/nbgrader_config.py"):
        try:
            os.remove(name)
        except OSError:
            pass
    """),
)
_attack(
    "the network",
    late=_cell("""
    import socket
    for family, address in ((socket.AF_INET, ("127.0.0.1", @PORT@)), (socket.AF_UNIX, "@SOCKET@")):
        try:
            with socket.socket(family) as line:
                line.settimeout(1)
                line.connect(address.replace("@", chr(0)) if isinstance(address, str) else address)
                line.sendall(b"hello")
        except OSError as error:
            print(error)
    """).replace('replace("@", chr(0))', 'replace("#", chr(0))'),
)


def _hand_in_link(classroom, student, notebook):
    folder = classroom.hand_in(student, notebook).parent
    for name, target in {
        "gradebook.txt": classroom.root / "gradebook.db",
        "secret.txt": classroom.root / "secret.txt",
        "nowhere.txt": "/nowhere/at/all",
        "up": classroom.root,
        "loop": ".",
    }.items():
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "pipe.txt")


_attack(
    "links in the submission",
    late=_cell("""
    import os
    for parent, _, names in os.walk("."):
        for name in names:
            if not name.endswith("ipynb"):
                print(open(os.path.join(parent, name), errors="replace").read()[:10000])
    """),
    prepare=_hand_in_link,
)


def _hand_in_linked_notebook(classroom, student, notebook):
    path = classroom.hand_in(student, notebook)
    path.unlink()
    path.symlink_to(classroom.root / "solutions" / path.parent.name / path.name)


_attack("a link in place of the notebook", prepare=_hand_in_linked_notebook, spares=())


def _hand_in_graded_notebook(classroom, student, notebook):
    path = classroom.hand_in(student, notebook)
    path.unlink()
    path.symlink_to(classroom.root / "autograded" / "right" / path.parent.name / path.name)


_attack("a link to another's graded notebook", prepare=_hand_in_graded_notebook, spares=())


def _hand_in_graded_folder(classroom, student, notebook):
    folder = classroom.folder(student)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.symlink_to(classroom.root / "autograded" / "right" / folder.name)


_attack("a link to another's graded folder", prepare=_hand_in_graded_folder, spares=())


def _hand_in_odd_names(classroom, student, notebook):
    folder = classroom.hand_in(student, notebook).parent
    for name in (
        "..data",
        " two  spaces ",
        "Ünï 日本",
        "line\nend.csv",
        "$(touch @MARKER@)",
        "-rf",
    ):
        (folder / name).write_text("1")
    (folder / "a/b/c").mkdir(parents=True)
    (folder / "a/b/c/.. .ipynb").write_text("{}")
    for module in ("numpy.py", "inside.py", "worker.py", "sitecustomize.py", "gmm_ref.py"):
        (folder / module).write_text("check = None\n")


_attack("odd names and shadowing modules", prepare=_hand_in_odd_names, spares=())

# What outlives, starves or floods.
_attack(
    "a thread in the background",
    late=_cell("""
    import threading, sys
    def busy():
        while True:
            for module in list(sys.modules.values()):
                if getattr(module, "__name__", "").startswith("gmm_ref"):
                    module.__dict__.clear()
    threading.Thread(target=busy, daemon=False).start()
    """),
)
_attack(
    "a process that outlives the notebook",
    late=_cell("""
    import os, subprocess
    subprocess.Popen(["sh", "-c", "exec -a @MARKER@ sleep 600"], start_new_session=True)
    if os.fork() == 0:
        os.setsid()
        if os.fork() == 0:
            os.execvp("sleep", ["@MARKER@", "600"])
        os._exit(0)
    """),
)
_attack(
    "a fork bomb",
    late=_cell("""
    import os
    while True:
        try:
            os.fork()
        except OSError:
            break
    """),
    spares=(),
)
_attack(
    "all memory in a function",
    answers=_within("""
    hoard = []
    while True:
        hoard.append(np.ones(10**7))
    """),
    spares=OTHERS,
)
_attack(
    "all memory, and the error swallowed",
    answers=_within("""
    hoard = []
    while True:
        try:
            hoard.append(b"x" * 10**6)
        except MemoryError:
            pass
    """),
    spares=OTHERS,
)
_attack(
    "the disk filled",
    late=_cell("""
    for folder in (".", "/tmp", "/dev/shm", "/var/tmp"):
        try:
            for i in range(40):
                open(f"{folder}/fill{i}", "wb").write(b"x" * 3 * 10**7)
        except OSError as error:
            print(error)
    """),
)
_attack("endless output of a cell", late='while True:\n    print("x" * 10000)')
_attack(
    "endless output of a function",
    answers=_within('while True:\n    print("x" * 10000)'),
    spares=OTHERS,
)
_attack("a hundred megabytes shown", late='"x" * 10**8')
_attack("an endless loop in a cell", late="while True:\n    pass")
_attack("an endless loop in a function", answers=_within("while True:\n    pass"), spares=OTHERS)
_attack(
    "an endless loop that swallows every exception",
    answers=_within("""
    while True:
        try:
            while True:
                pass
        except BaseException:
            pass
    """),
    spares=OTHERS,
)
_attack(
    "a loop deaf to signals",
    answers=_within("""
    import signal
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 64))
    while True:
        pass
    """),
    spares=OTHERS,
)
_attack(
    "time spent in numpy",
    answers=_within("np.ones((9000, 9000)) @ np.ones((9000, 9000))"),
    spares=OTHERS,
)

# Ends.
_attack("os._exit in a cell", early="import os\nos._exit(0)")
_attack("os._exit in a function", answers=_within("import os\nos._exit(0)"), spares=OTHERS)
_attack(
    "os.abort in every function",
    answers={name: f"def {name}(*a):\n    import os\n    os.abort()" for name in FUNCTIONS},
    spares=(),
)
_attack("sys.exit in a cell", early="import sys\nsys.exit()")
_attack("sys.exit in a function", answers=_within("raise SystemExit(0)"), spares=OTHERS)
_attack(
    "KeyboardInterrupt in a function", answers=_within("raise KeyboardInterrupt"), spares=OTHERS
)
_attack(
    "a segmentation fault", answers=_within("import ctypes\nctypes.string_at(0)"), spares=OTHERS
)
_attack(
    "recursion without end",
    answers=_within("import sys\nsys.setrecursionlimit(10**9)\nf = lambda: f()\nf()"),
    spares=OTHERS,
)
_attack("every process killed", late="import os, signal\nos.kill(-1, signal.SIGKILL)")
_attack(
    "the parent killed",
    late=_cell("""
    import os, signal
    for number in (1, os.getppid(), 2):
        try:
            os.kill(number, signal.SIGKILL)
        except OSError as error:
            print(error)
    """),
)
_attack("the connection closed", answers=_within("import os\nos.closerange(3, 64)"), spares=OTHERS)
_attack(
    "the connection flooded",
    answers=_within("""
    import os
    while True:
        for number in range(3, 12):
            try:
                os.write(number, b"[" * 4096)
            except OSError:
                pass
    """),
    spares=OTHERS,
)
_attack(
    "notes without end",
    late=_cell("""
    from inside.worker import Worker
    honest = Worker.send
    def send(self, message):
        for i in range(10**9):
            honest(self, {"note": ["file", "x" * 200 + str(i)]})
    Worker.send = send
    """),
    spares=(),
)
_attack("a look at the keyboard", answers=_within("input()"), spares=OTHERS)

# Answers that are none.
for _name, _result in {
    "an answer of gigabytes": "np.broadcast_to(np.float64(1), (10**9,))",
    "a million keys": "{i: 1.0 for i in range(10**6)}",
    "a NaN-filled answer": "np.full((len(X), len(weights)), np.nan)",
    "an infinite iterator": "iter(int, 1)",
    "an error with a text of megabytes": "int('x' * 10**7)",
}.items():
    _attack(_name, answers=_within(f"return {_result}"), spares=OTHERS)
_attack(
    "a list within lists without end",
    answers=_within("nest = []\nfor _ in range(10**5):\n    nest = [nest]\nreturn nest"),
    spares=OTHERS,
)
_attack(
    "a list that holds itself",
    answers=_within("nest = []\nnest.append(nest)\nreturn nest"),
    spares=OTHERS,
)
_attack(
    "an error that fails when it is shown",
    answers=_within("""
    class Bad(Exception):
        def __str__(self): raise SystemExit
        def __repr__(self): raise SystemExit
    Bad.__name__ = "\\x1b[2J\\n" * 1000
    raise Bad
    """),
    spares=OTHERS,
)
_attack(
    "markup in the outputs of a cell",
    late=_cell("""
    from IPython.display import HTML, Javascript, SVG, display
    display(HTML("<script>alert('@MARKER@')</script>"), Javascript("alert('@MARKER@')"))
    class Page:
        def _repr_html_(self): return "<img src=x onerror=alert('@MARKER@')>"
    Page()
    """),
)

# The notebook itself.


def _edited(edit):
    def prepare(classroom, student, notebook):
        edit(notebook.cells)
        classroom.hand_in(student, notebook)

    return prepare


def _tests(cells):
    return [cell for cell in cells if cell.metadata.get("nbgrader", {}).get("grade")]


def _delete_tests(cells):
    cells[:] = [cell for cell in cells if not cell.metadata.get("nbgrader", {}).get("grade")]


def _empty_tests(cells):
    for cell in _tests(cells):
        cell.source = "pass"


def _more_points(cells):
    for cell in _tests(cells):
        cell.metadata.nbgrader.update(points=1000, locked=False, solution=True)
        cell.source = "10"


def _double_tests(cells):
    for cell in _tests(cells):
        copy = nbformat.from_dict(json.loads(json.dumps(cell)))
        copy.source, copy.id = "1000", copy.id + "x"
        cells.append(copy)


def _unknown_tests(cells):
    for cell in _tests(cells):
        cell.metadata.nbgrader.grade_id += "_2"
        cell.source = "pass"


def _retyped_tests(cells):
    for cell in _tests(cells):
        cell.cell_type = "markdown"
        del cell["outputs"], cell["execution_count"]


def _forged_outputs(cells):
    for cell in _tests(cells):
        cell.outputs = [new_output("execute_result", data={"text/plain": "3.0"})]


for _name, _edit in {
    "test cells deleted": _delete_tests,
    "test cells emptied": _empty_tests,
    "test cells worth a thousand": _more_points,
    "test cells pasted twice": _double_tests,
    "test cells of other names": _unknown_tests,
    "test cells turned into text": _retyped_tests,
    "outputs forged": _forged_outputs,
}.items():
    _attack(_name, prepare=_edited(_edit))


def _raw(content):
    return lambda classroom, student, notebook: classroom.hand_in(student, content)


for _name, _content in {
    "no JSON": b"\x89PNG not a notebook",
    "an empty file": b"",
    "JSON that is no notebook": b"[1, 2, 3]",
    "brackets without end": b'{"cells": ' + b"[" * 10**6,
    "cells that are no cells": b'{"cells": [1, null, {"cell_type": 3, "source": {"a": 1}}]}',
}.items():
    _attack(_name, prepare=_raw(_content), spares=())
