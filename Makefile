# make run    install what is needed and start the explorer      PORT=8051  ARGS="--model … --data …"
# make test   lint, types and every test                        PYTEST="-k map -x"
# make test-lowest  the tests without a browser, on the lowest versions that are declared
# make bench  the benchmarks
# make pictures  the README's pictures of the page, taken anew
# make fast   lint, types and the tests of what has changed since the last commit, without a browser
# make check  lint and types only
# make format lay out the source
# make clean  remove everything that was made here

SHELL := /bin/sh
VENV := .venv
PYTHON ?= python3
PY := $(VENV)/bin/python
PIP := $(PY) -m pip install -qq --disable-pip-version-check
RUNTIME := $(VENV)/.installed-runtime
DEVELOPMENT := $(VENV)/.installed-development
LOWEST := .venv-lowest
SCRIPTS := tests/js/node_modules/.installed
NODE := PATH="$(CURDIR)/$(VENV)/bin:$$PATH"
PORT ?= 8050
ARGS ?=
PYTEST ?=

.DEFAULT_GOAL := run
.PHONY: run test test-lowest fast bench pictures check check-source check-types check-scripts format chromium clean

run: $(RUNTIME)
	@exec $(PY) app.py --port $(PORT) $(ARGS)

# One thread a process: two processes of two threads each, on two cores, wait for one another.
test: check chromium
	@CHROMIUM="$$($(PY) tests/browser/find_chromium.py)" && export CHROMIUM && OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile $(PYTEST)

test-lowest: $(LOWEST)/.installed
	@OMP_NUM_THREADS=1 $(LOWEST)/bin/python -m pytest -n 2 --dist loadfile -m "not browser" $(PYTEST)

bench: $(DEVELOPMENT) chromium
	@CHROMIUM="$$($(PY) tests/browser/find_chromium.py)" && export CHROMIUM && $(PY) -m tests.benchmarks $(ARGS)

pictures: $(DEVELOPMENT) chromium
	@CHROMIUM="$$($(PY) tests/browser/find_chromium.py)" && export CHROMIUM && $(PY) docs/make_pictures.py

# Together they take as long as the slowest alone; what each says comes in one piece.
check: $(DEVELOPMENT) $(SCRIPTS)
	@$(MAKE) --no-print-directory -j2 --output-sync=target check-types check-source check-scripts

check-source:
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .

check-types:
	@$(PY) -m mypy vae_core components app.py tests

# The page ships its scripts as they are; node only looks at them.
check-scripts:
	@$(NODE) node tests/js/node_modules/.bin/eslint --config tests/js/eslint.config.js assets tests/js
	@$(NODE) node tests/js/node_modules/.bin/tsc --project tests/js/tsconfig.json
	@$(NODE) node --no-warnings --test --test-reporter=dot "tests/js/**/*.test.js"

fast: check
	@OMP_NUM_THREADS=1 $(PY) tests/changed.py $(PYTEST)

format: $(DEVELOPMENT)
	@$(PY) -m ruff check --fix --exit-zero --quiet .
	@$(PY) -m ruff format .

chromium: $(DEVELOPMENT)
	@$(PY) tests/browser/find_chromium.py --install >/dev/null

clean:
	rm -rf $(VENV) $(LOWEST) tests/js/node_modules build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# A broken link to a Python that has gone counts as missing, so the environment is made anew.
$(PY):
	@command -v "$(PYTHON)" >/dev/null 2>&1 || { \
	  echo "No $(PYTHON) here: install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@"$(PYTHON)" -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "Python 3.11 or newer is needed and $(PYTHON) is $$("$(PYTHON)" -V 2>&1 | cut -d" " -f2);" \
	    "name a newer one: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	@echo "Making $(VENV) …"
	@output=$$("$(PYTHON)" -m venv --clear $(VENV) 2>&1) || { \
	  echo "$$output" >&2; rm -rf $(VENV); \
	  echo "$(PYTHON) could not make $(VENV); on Debian and Ubuntu: apt-get install python3-venv" >&2; exit 1; }

$(RUNTIME): requirements.txt | $(PY)
	@echo "Installing what the explorer needs into $(VENV) (some minutes the first time) …"
	@$(PIP) -r requirements.txt
	@touch $@

$(DEVELOPMENT): requirements-dev.txt requirements.txt | $(PY)
	@echo "Installing what the tests need into $(VENV) (some minutes the first time) …"
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(RUNTIME)

$(LOWEST)/.installed: requirements-lowest.txt | $(PY)
	@echo "Installing the lowest versions into $(LOWEST) (some minutes the first time) …"
	@$(PY) -m venv --clear $(LOWEST)
	@$(LOWEST)/bin/python -m pip install -qq --disable-pip-version-check -r requirements-lowest.txt
	@touch $@

$(SCRIPTS): tests/js/package.json tests/js/package-lock.json $(DEVELOPMENT)
	@output=$$($(NODE) npm ci --prefix tests/js --no-fund --no-audit --loglevel=error 2>&1) || { \
	  echo "$$output" >&2; echo "What checks the scripts could not be installed from the npm registry." >&2; exit 1; }
	@touch $@
