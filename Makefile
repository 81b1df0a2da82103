# One command to run, one to check. Needs Python 3.11 or later and make; the rest comes by itself.

VENV := .venv
BIN := $(VENV)/bin
# 3.11 first: it is what the pins were tried with.
PYTHON = $(shell for p in python3.11 python3.12 python3.13 python3.14 python3; do \
	"$$p" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo "$$p" && break; done)
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := $(BIN)/uv pip compile pyproject.toml --quiet --universal --python-version 3.11 \
	--generate-hashes --no-emit-index-url --no-header --group build
RULES := tests/test_tidy.py tests/domain
# Kept whatever the shell says: else each process of pytest rewrites 700 modules for itself.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: run setup setup-dev check types rules test chromium bench fuzz torture lock clean

run: setup
	@$(BIN)/usance demo

setup: $(VENV)/.installed

setup-dev: $(VENV)/.installed-dev

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or later found. Debian: apt-get install python3 python3-venv" >&2; exit 1; }
	@echo "Making $(VENV) with $(PYTHON)" >&2
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment. Debian: apt-get install python3-venv" >&2; exit 1; }

# The second call costs milliseconds: make compares the dates of the stamps.
$(VENV)/.installed: requirements.txt pyproject.toml | $(BIN)/python
	@echo "Installing what usance needs (a minute or two, once)" >&2
	@$(PIP) install --require-hashes -r requirements.txt
	@$(PIP) install --no-deps --no-build-isolation --editable .
	@$(BIN)/python -m compileall -q src  # Once, and not in each of the processes of the first start.
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt $(VENV)/.installed
	@echo "Installing what the checks need" >&2
	@$(PIP) install --no-compile --require-hashes -r requirements-dev.txt  # Little of it is ever loaded.
	@touch $@

check: setup-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	@$(MAKE) --no-print-directory -j 2 types rules

types: setup-dev
	$(BIN)/mypy
	$(BIN)/lint-imports

rules: setup-dev
	$(BIN)/pytest -q $(RULES)

# What `check` has run is not run again.
test: setup-dev chromium check
	$(BIN)/pytest -q -n 2 $(RULES:%=--ignore=%)

# The browser tests drive Debian's Chromium. Without it they say that they were skipped.
chromium:
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || { \
		if ! command -v apt-get >/dev/null; then false; \
		elif [ "$$(id -u)" = 0 ]; then apt-get update -qq && apt-get install -y -qq chromium >/dev/null; \
		else sudo -n apt-get update -qq && sudo -n apt-get install -y -qq chromium >/dev/null; fi; } || \
	echo "!!! NO CHROMIUM HERE AND IT COULD NOT BE INSTALLED: THE BROWSER TESTS WILL BE SKIPPED !!!" >&2

bench: setup-dev
	@$(BIN)/python -m bench

fuzz: setup-dev
	@$(BIN)/python -m bench.fuzz

torture: setup-dev
	@$(BIN)/python -m bench.torture

# Brings the pins up to what pyproject.toml allows today. The second file holds the first's versions.
lock: | $(BIN)/python
	@$(PIP) install uv
	$(LOCK) --upgrade --output-file requirements.txt
	$(LOCK) --group dev --constraint requirements.txt --output-file requirements-dev.txt

# Leaves var/ alone: there are the books.
clean:
	rm -rf $(VENV) build dist src/*.egg-info .pytest_cache .mypy_cache .ruff_cache .import_linter_cache .hypothesis
	find . -name __pycache__ -not -path './var/*' -prune -exec rm -rf {} +
