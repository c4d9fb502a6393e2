# The two commands a learner and a maintainer need are `make lab` and `make test`.
# Both build the environment in .venv first, once, with the exact versions of requirements.lock.
# Another environment or other versions: make VENV=.venv-313 PYTHON=python3.13 test
PYTHON ?= python3
VENV ?= .venv
LOCK ?= requirements.lock
BIN := $(VENV)/bin
READY := $(VENV)/ready

.PHONY: lab test thorough test-lowest test-newest notebooks book bench lint

lab: $(READY)  ## open JupyterLab on the first notebook
	@echo "JupyterLab starts. Its page opens in your browser; if it doesn't, open the address below that has a token."
	@$(BIN)/jupyter lab --config=lab/jupyter_lab_config.py

test: $(READY) lint  ## every check: helpers, notebooks, browser
	$(BIN)/python -m pytest

thorough: $(READY)  ## what takes too long for every day: every notebook in the browser, more examples
	EXAMPLES=2000 $(BIN)/python -m pytest -m "thorough or not thorough"

test-lowest: lowest.lock  ## every check with the lowest versions that the ranges admit
	$(MAKE) test VENV=.venv-lowest LOCK=lowest.lock

test-newest:  ## every check with the newest ones
	$(MAKE) test VENV=.venv-newest LOCK=/dev/null

lowest.lock: pyproject.toml tools/lowest.py
	$(PYTHON) tools/lowest.py > $@

notebooks: $(READY)  ## run all notebooks anew and store their outputs
	$(BIN)/python tools/notebooks.py

book: $(READY)  ## the notebooks as a web site whose sliders move, in site
	@rm -rf site
	$(BIN)/python -m sphinx -W --keep-going -q -E -d $(VENV)/doctrees -c book . site
	@echo "The front page is $(CURDIR)/site/index.html"

bench: $(READY)  ## how fast it is: a table, also in bench.md
	$(BIN)/python tools/bench.py

lint: $(READY)
	$(BIN)/ruff check
	$(BIN)/ruff format --check

$(READY): pyproject.toml $(LOCK) lab/ipython_kernel_config.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	    echo "This course needs Python 3.11 or newer, and '$(PYTHON)' is missing or older: install one from python.org, or name yours with 'make PYTHON=python3.12 lab'."; exit 1; }
	@echo "First start: the course gets an environment of its own, the folder $(VENV), about 1.5 GB on disk."
	@echo "1 of 3: making the environment"
	@$(PYTHON) -m venv $(VENV)
	@echo "2 of 3: downloading and installing PyTorch, JupyterLab and what they need (the README says how to get the small build of PyTorch)"
	@$(BIN)/python -m pip install --disable-pip-version-check --constraint $(LOCK) --editable '.[test,book]'
	@echo "3 of 3: first import, which looks for your fonts"
	@$(BIN)/python -c "import helpers"
	@touch $(READY)
	@echo "Ready."
