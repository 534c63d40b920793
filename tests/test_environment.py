"""environment.yml and pyproject.toml ask for the same packages, from the same versions on."""

import re
import tomllib
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[1]


def test_conda_and_pip_ask_for_the_same():
    *conda, from_pip = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *project["optional-dependencies"].values()]
    pip = {r for required in lists for r in required if not r.startswith("gmm-companion")}
    pip.add(f"python{project['requires-python']}")
    assert {*conda, *from_pip["pip"]} - {"pip", "--editable ."} == pip


def test_every_dependency_has_a_lower_bound_and_no_upper_one():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    for requirement in [*project["dependencies"], *project["optional-dependencies"]["test"]]:
        assert re.search(r"\]$|>=[\d.]+(;.*)?$", requirement), requirement


def test_the_packages_of_the_card_are_there():
    text = (ROOT / "environment.yml").read_text()
    for package in ("jupyterlab", "numpy", "scipy", "matplotlib", "nbgrader", "pytest"):
        assert f"- {package}>=" in text
