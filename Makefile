# Each target makes what it needs in .venv the first time, and nothing the second.
PYTHON ?= python3
BIN = .venv/bin
# nbgrader calls one of its tools, alembic, by name.
export PATH := $(CURDIR)/$(BIN):$(PATH)

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/' | expand -t 14

lab: .venv/with-lab  ## JupyterLab on the chapter and the exercises
	jupyter lab

demo: .venv/with-grade  ## a demonstration class, from release to marks, in a folder of its own
	gmm-course demo

html: .venv/with-book  ## the chapter as a web page, in build/html
	sphinx-build --quiet --fail-on-warning --keep-going --jobs 2 -d build/doctrees -c book chapter7 build/html

lite: .venv/with-lite  ## the assignments in the browser, nothing to install, in build/lite
	python lite/build.py build/lite

lite-open: lite  ## the same, served on this machine, until Ctrl-C: open the address that it prints
	python -m http.server --bind 127.0.0.1 --directory build/lite

release: .venv/with-grade  ## exercises/, generated from solutions/
	gmm-course release

# One thread a worker: on small arrays more of them only wait for each other.
test test-lowest gate: export OPENBLAS_NUM_THREADS = 1

# Each worker takes a row of tests that stand together, and share what is made for them; one that is
# done takes half of what another has left. On two cores three of them: some tests wait.
PYTEST = pytest -n 3 --dist worksteal

test: .venv/with-test  ## everything that CI checks
	ruff check .
	ruff format --check .
	$(PYTEST)

gate: .venv/with-test  ## the checks alone: every known mistake with 20 seeds, every right answer with 200
	CATALOGUE_SEEDS=20 $(PYTEST) tests/gmm_ref/checks/test_mistakes.py
	RIGHT_SEEDS=200 $(PYTEST) tests/gmm_ref/checks/test_right_answers.py

test-lite: .venv/with-test .venv/with-lite  ## the site of make lite, in Chromium
	pytest -m lite

test-lowest: .venv/with-test  ## the tests of the package with the lowest versions it promises
	uv venv --quiet --clear --python $(BIN)/python .venv/lowest
	uv pip install --quiet --python .venv/lowest/bin/python --resolution lowest-direct --editable '.[test]'
	PATH="$(CURDIR)/.venv/lowest/bin:$$PATH" $(PYTEST)

bench: .venv/with-test  ## a class graded by stock nbgrader and by this grader: an hour, on an idle machine
	python bench/parts.py
	python bench/growth.py
	python bench/grading.py

bench-em: .venv/with-test  ## an iteration of EM, by scikit-learn and by this package: ten minutes
	python bench/em.py

clean:  ## remove what was made: .venv and caches
	rm -rf .venv build .pytest_cache .ruff_cache .hypothesis

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=/path/to/python3.11")'
	$(PYTHON) -m venv .venv

.venv/with-%: pyproject.toml | .venv/bin/python
	python -m pip install --quiet --disable-pip-version-check --editable '.[$*]'
	@touch $@

mistakes: .venv/with-test  ## the table of known mistakes: which aspect catches which; of one by EXERCISE=fit
	python -m nbjudge.checking.table gmm_ref.checks 1 $(EXERCISE)

.PHONY: help lab demo html lite lite-open mistakes release test test-lite test-lowest gate bench bench-em clean
