"""Type "python start.py": it makes an environment in .venv, installs, and opens JupyterLab.

The first time takes a few minutes and needs the network; after that it only opens.
"""

import hashlib
import os
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ENVIRONMENT = HERE / ".venv"
PACKAGES = HERE / "packages"
INSTALLED = ENVIRONMENT / "installed"
NEEDED = (3, 11)
OPENS = "$opens"


def main(options):
    """Install what is not installed yet, then open JupyterLab with these options."""
    if sys.version_info < NEEDED:
        sys.exit(
            f"Python {NEEDED[0]}.{NEEDED[1]} or newer is needed, and this is "
            f"{sys.version_info[0]}.{sys.version_info[1]}. Get it from "
            f"https://www.python.org/downloads/ and type: python3 start.py"
        )
    if not PACKAGES.is_dir():
        sys.exit(
            "The folder packages is not beside start.py: unpack the whole zip, then try again."
        )
    contents = b"".join(path.read_bytes() for path in sorted(PACKAGES.iterdir()))
    digest = hashlib.sha256(contents).hexdigest()
    if not INSTALLED.exists() or INSTALLED.read_text() != digest:
        install()
        INSTALLED.write_text(digest)
    return subprocess.call([python(), "-m", "jupyterlab", OPENS, *options], cwd=HERE)


def python():
    """The Python of the environment."""
    place = "Scripts/python.exe" if os.name == "nt" else "bin/python"
    return str(ENVIRONMENT / place)


def install():
    """Make the environment anew, with the packages and JupyterLab in it."""
    import venv

    print(f"Installing into {ENVIRONMENT}. This takes a few minutes, once.", flush=True)
    try:
        venv.create(ENVIRONMENT, clear=True, with_pip=True)
    except (subprocess.CalledProcessError, OSError) as error:
        sys.exit(
            f"The environment could not be made ({error}). On Debian and Ubuntu, first type: "
            f"sudo apt install python3-venv"
        )
    pip = [python(), "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    if subprocess.call([*pip, "--requirement", "requirements.txt"], cwd=PACKAGES):
        sys.exit(
            "The packages could not be installed: the lines above say why. Without the network "
            "it cannot be done. Once it is there, type again: python start.py"
        )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
