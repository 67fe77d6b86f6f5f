# `make help` lists every task. Python 3.11+ is all that must be there; everything else is installed by what needs it.
SHELL := /bin/bash
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q

.PHONY: help
help: ## list all tasks
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | awk -F ':.*## ' '{printf "  \033[1mmake %-12s\033[0m %s\n", $$1, $$2}'

$(VENV)/.base: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed; say which: make PYTHON=python3.12 ..."; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) install 'pip>=25.1'
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.base
	$(PIP) install -c constraints.txt --group test --group lint --group bench
	@touch $@

.PHONY: build
build: $(VENV)/.base ## build the browser app into cti_crm/static
	@$(BIN)/python web_popup/build_hook.py

.PHONY: run
run: build ## install, build and start the demo: PBX simulator, sample contacts, three sign-ins
	@$(BIN)/cti-crm demo

.PHONY: test
test: $(VENV)/.dev build ## install what the tests need and run all of them
	@$(BIN)/python -m tests.needs
	$(BIN)/python web_popup/build_hook.py npm test --silent
	$(BIN)/python -m pytest -n auto --dist loadfile --ignore tests/chaos
	$(BIN)/python -m pytest tests/chaos

.PHONY: test-fast
test-fast: $(VENV)/.dev ## the tests that need no other program
	$(BIN)/python -m pytest tests/unit tests/streams -q

.PHONY: lint
lint: $(VENV)/.dev build ## formatting, types, layers, stale generated files
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python web_popup/generate.py --check
	$(BIN)/python docs/generate.py --check
	$(BIN)/python web_popup/build_hook.py npm run --silent check
	$(BIN)/python web_popup/build_hook.py npm run --silent lint

.PHONY: format
format: $(VENV)/.dev ## format all code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
	$(BIN)/python web_popup/build_hook.py npm run --silent format

.PHONY: generate
generate: $(VENV)/.dev ## make the generated files anew (API types, socket types, configuration reference)
	$(BIN)/python web_popup/generate.py
	$(BIN)/python docs/generate.py

.PHONY: bench
bench: $(VENV)/.dev ## measure, print tables, write docs/benchmarks.md (BENCH=--quick, BENCH=--ten-million)
	$(BIN)/python -m tests.load $(BENCH)

.PHONY: chaos
chaos: $(VENV)/.dev ## real calls while service, AMI, database and Asterisk are killed and cut (CHAOS="--seed 1 --store sqlite")
	@$(BIN)/python -m tests.needs
	$(BIN)/python -m tests.chaos $(CHAOS)

.PHONY: screenshots
screenshots: $(VENV)/.dev build ## a picture of every screen: light, dark, narrow, high contrast; German, English (ONLY=pop)
	$(BIN)/python -m tests.browser.screenshots --only "$(ONLY)"

.PHONY: lab
lab: $(VENV)/.dev ## make the private Asterisk 22 that the tests call through
	$(BIN)/python -m tests.needs

.PHONY: clean
clean: ## remove what was installed and built
	rm -rf $(VENV) cti_crm/static web_popup/node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache
