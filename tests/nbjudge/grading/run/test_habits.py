"""Honest habits cost nothing: a right function keeps its marks whatever stands around it."""

import numpy as np
import pytest

from nbjudge.grading.errors import Ended, NoSandbox
from nbjudge.grading.run.limits import Limits
from nbjudge.grading.run.student import Student
from nbjudge.grading.sandbox.bubblewrap import find_bwrap
from nbjudge.grading.sandbox.sandbox import Sandbox

try:
    find_bwrap()
except NoSandbox as error:
    pytest.skip(f"These are tests of the sandbox. {error}", allow_module_level=True)

RIGHT = "import numpy as np\ndef answer(R):\n    return np.argmax(R, axis=1)\n"
LOOP = "def answer(R):\n    return np.array([np.argmax(r) for r in tqdm(R)])\n"
# Lines before a right function, in its cell.
BEFORE = [
    'import matplotlib\nmatplotlib.use("TkAgg")',
    "%matplotlib qt",
    "%matplotlib tk",
    "%matplotlib notebook",
    "%matplotlib widget",
    "%matplotlib inline",
    "%config InlineBackend.figure_format = 'retina'",
    "import matplotlib.pyplot as plt\nplt.style.use('seaborn')",
    "import matplotlib.pyplot as plt\nplt.ion()\nplt.plot([1])\nplt.pause(0.01)\nplt.show()",
    "import getpass\nassert getpass.getuser()",
    "import os\nos.getlogin()",
    "name = input('Your name? ')",
    "import getpass\ngetpass.getpass()",
    "%%time",
    "%%capture",
    "%timeit -n 1 -r 1 sum(range(3))",
    "%load_ext autoreload\n%autoreload 2",
    "%cd ..",
    "%env OMP_NUM_THREADS=4",
    "%pip install numpy",
    "%conda install numpy",
    "!pip install numpy",
    "!nvidia-smi",
    "import logging\nlogging.basicConfig(level=logging.DEBUG)\nlogging.error('x')",
    "import warnings\nwarnings.simplefilter('error')\nimport numpy as np\nnp.seterr(all='raise')",
    "import not_installed_here",
    "from google.colab import drive\ndrive.mount('/content/drive')",
    "import urllib.request\nurllib.request.urlopen('http://example.com')",
    "open('not-handed-in.csv')",
    "1 / 0",
    "breakpoint()",
    "exit()",
    "import sys\nsys.exit()",
    "import sys\nsys.stdout.reconfigure(line_buffering=True)",
    "import os\nos.path.dirname(__file__)",
    "import asyncio\nawait asyncio.sleep(0)",
    "from numpy import *",
    "from __future__ import annotations",
    "import subprocess\nsubprocess.Popen(['sleep', '9']).kill()",
]
# Whole cells.
CELLS = [
    RIGHT + "1 / 0",
    RIGHT + "answer(3)",
    RIGHT + "raise SystemExit",
    RIGHT + "input()",
    RIGHT + "%timeit -n 1 -r 1 answer(np.eye(3))",
    "from tqdm import tqdm\nimport numpy as np\n" + LOOP,
    "from tqdm.auto import tqdm\nimport numpy as np\n" + LOOP,
]


@pytest.fixture(scope="module")
def box():
    with Sandbox() as box:
        yield box


@pytest.mark.parametrize("source", [f"{line}\n{RIGHT}" for line in BEFORE] + CELLS)
def test_a_right_function_keeps_its_mark(box, source):
    with Student(box, {}, Limits()) as student:
        student.run(source, 1)
        assert student.call("answer", [np.eye(3)], {}).tolist() == [0, 1, 2]


def test_what_follows_a_line_that_never_ends_is_defined(box):
    with Student(box, {}, Limits(cell_seconds=0.5)) as student:
        with pytest.raises(Ended, match=r"longer than 0\.5 s"):
            student.run(f"import time\ntime.sleep(60)\n{RIGHT}", 1)
        assert student.call("answer", [np.eye(3)], {}).tolist() == [0, 1, 2]


def test_only_definitions_are_done_after_a_line_that_failed(box):
    with Student(box, {}, Limits()) as student:
        student.run("kept = 1\n1 / 0\nkept = 2\nclass Later: pass\nimport math", 1)
        assert student.look("kept")["value"] == 1
        assert student.look("Later")["kind"] == "function"
