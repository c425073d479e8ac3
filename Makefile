# make run    install what is needed and start the explorer      PORT=8051  ARGS="--model … --data …"
# make test   lint, types and every test                        PYTEST="-k map -x"
# make bench  the benchmarks
# make pictures  the README's pictures of the page, taken anew
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
PORT ?= 8050
ARGS ?=
PYTEST ?=

.DEFAULT_GOAL := run
.PHONY: run test bench pictures check format chromium clean

run: $(RUNTIME)
	@exec $(PY) app.py --port $(PORT) $(ARGS)

# One thread a process: two processes of two threads each, on two cores, wait for one another.
test: check chromium
	@CHROMIUM="$$($(PY) tests/browser/find_chromium.py)" && export CHROMIUM && OMP_NUM_THREADS=1 $(PY) -m pytest -n 2 --dist loadfile $(PYTEST)

bench: $(DEVELOPMENT) chromium
	@CHROMIUM="$$($(PY) tests/browser/find_chromium.py)" && export CHROMIUM && $(PY) -m tests.benchmarks $(ARGS)

pictures: $(DEVELOPMENT) chromium
	@CHROMIUM="$$($(PY) tests/browser/find_chromium.py)" && export CHROMIUM && $(PY) docs/make_pictures.py

check: $(DEVELOPMENT)
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy vae_core components app.py tests

format: $(DEVELOPMENT)
	@$(PY) -m ruff check --fix --exit-zero --quiet .
	@$(PY) -m ruff format .

chromium: $(DEVELOPMENT)
	@$(PY) tests/browser/find_chromium.py --install >/dev/null

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis
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
