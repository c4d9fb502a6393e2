# The two commands a learner and a maintainer need are `make lab` and `make test`.
# Both build the environment in .venv first, once, with the exact versions of requirements.lock.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready

.PHONY: lab test thorough notebooks bench lint

lab: $(READY)  ## open JupyterLab on the first notebook
	$(BIN)/jupyter lab --config=lab/jupyter_lab_config.py

test: $(READY) lint  ## every check: helpers, notebooks, browser
	$(BIN)/python -m pytest

thorough: $(READY)  ## what takes too long for every day: every way of running, more examples, each fault by itself
	EXAMPLES=2000 $(BIN)/python -m pytest -m "thorough or not thorough"

notebooks: $(READY)  ## run all notebooks anew and store their outputs
	$(BIN)/python tools/notebooks.py

bench: $(READY)  ## how fast it is: a table, also in bench.md
	$(BIN)/python tools/bench.py

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

$(READY): pyproject.toml requirements.lock lab/ipython_kernel_config.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "This course needs Python 3.11 or newer, and '$(PYTHON)' is missing or older: install one from python.org, or name yours with 'make PYTHON=python3.12 lab'."; exit 1; }
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[test]'
	$(BIN)/python -c "import helpers"  # what a first import has to find out, such as the fonts, is paid here
	@touch $(READY)
