# One door to everything: `make run` for a newcomer, `make check` for what CI runs.
.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PROCESSES ?= 3
STAMP := $(VENV)/.set-up
export UV_PYTHON_DOWNLOADS := never
export UV_LINK_MODE := copy

SYNC = $(BIN)/uv pip sync -q --compile-bytecode --require-hashes requirements.lock

.PHONY: help setup run conformance test check lint types imports bench format migrate lock docs clean

help: ## Show what there is to do
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make .venv with exactly the locked packages (does nothing when it is up to date)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed; choose it with: make setup PYTHON=python3.12")'
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@sed -n '/^uv==/,/[^\\]$$/p' requirements.lock > $(VENV)/uv.lock
	@test -x $(BIN)/uv || $(BIN)/python -m pip install -q --no-deps --require-hashes -r $(VENV)/uv.lock
	@echo "Installing the locked packages into $(VENV); the first time this takes a minute or two"
	@# uv brings its own list of authorities; behind a proxy with one of its own, the machine's list is the one that counts
	@$(SYNC) 2>/dev/null || UV_SYSTEM_CERTS=true $(SYNC)
	$(BIN)/uv pip install -q --no-deps --no-build-isolation --editable .
	@touch $@

run: setup ## Start the service with its databases below ./data and a demonstration; Ctrl-C stops it
	@exec $(BIN)/xds serve --demo $(ARGS)

conformance: setup ## Run the DTCG cases against this product and two others (ARGS=--write to record)
	$(BIN)/python -m tests.dtcg.runner $(ARGS)

test: setup ## Run the tests in three processes (ARGS="tests/index -x" for some of them, PROCESSES=0 for one process)
	$(BIN)/python -m pytest -n $(PROCESSES) --dist loadfile --no-loadscope-reorder $(ARGS)

check: lint types imports test ## Everything that CI runs

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports

bench: setup ## Measure, print a table and write docs/benchmarks.md
	$(BIN)/python -m bench $(ARGS)

format: setup ## Put the code in its format and mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

migrate: setup ## Bring the database (embedded, or XDS_DATABASE_URL) to the newest schema
	$(BIN)/xds migrate

docs: setup ## Write docs/settings.md from settings.py
	$(BIN)/xds settings --markdown > docs/settings.md

COMPILE = $(BIN)/uv pip compile -q --universal --python-version 3.11 --fork-strategy fewest --generate-hashes --no-header

lock: ## Resolve requirements*.in again; ARGS=--upgrade for newer versions
	$(COMPILE) $(ARGS) --annotation-style line requirements-dev.in -o requirements.lock
	$(COMPILE) --no-annotate -c requirements.lock requirements.in -o requirements.run.lock

clean: ## Remove .venv and caches; ./data stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis build ./*.egg-info
