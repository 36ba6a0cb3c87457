# Two commands do everything from a fresh checkout:
#   make scan REPO=/path/to/repository     set up and audit its whole history
#   make test                              set up and run every check of this project

PYTHON ?= python3
REPO ?= .
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: help scan test lint format docs clean

help:
	@sed -n 's/^#   //p' Makefile

scan: $(VENV)/.installed
	$(BIN)/secretscan history "$(REPO)" $(ARGS)

test: $(VENV)/.installed-dev
	PATH="$(abspath $(BIN)):$$PATH" bash .ci/check

lint: $(VENV)/.installed-dev
	PATH="$(abspath $(BIN)):$$PATH" bash .ci/check lint

format: $(VENV)/.installed-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

docs: $(VENV)/.installed-dev
	$(BIN)/secretscan rules list --markdown > docs/rules.md

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[fast]"
	$(BIN)/secretscan cache warm
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[dev,fast]"
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) build dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
