# What a developer or an operator types. Needs python3.11 (or newer) and make; everything else is fetched
# by the scripts under tools/, or they print the one line to type.

VENV := .venv
PY   := $(VENV)/bin/python
# Two words meant for the tools and the tests; the gateway itself refuses GATEWAY_* names it does not know.
GATEWAY := env -u GATEWAY_NO_APT -u GATEWAY_REQUIRE $(PY) -m gateway

# Where a shell forbids it, each of a test's hundred commands would compile the gateway anew.
export PYTHONDONTWRITEBYTECODE :=

.DEFAULT_GOAL := help
.PHONY: help run test check bench bench-pages bench-buying bench-receivers bench-recall truth soak screenshots words lock clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | while IFS='|' read -r name text; do printf '%-14s %s\n' "$$name" "$$text"; done

# PORT is ours; GATEWAY_PORT and every other setting reach the gateway as they are (docs/settings.md).
ifneq ($(PORT),)
run: export GATEWAY_PORT := $(PORT)
endif
run: ## Serve the demo on http://127.0.0.1:8000 (another port: make run PORT=8123)
	@tools/venv.sh base numbers
	@$(GATEWAY) demo --once
	@exec $(GATEWAY) serve --demo

# One process more than cores: some tests wait for other processes. Each is dealt neighbours, which share a browser or
# a server, and takes some of another's when it has done its own.
test: ## Run the tests on SQLite, real PostgreSQL, real DNS and a real browser (one: make test ARGS="-k words")
	@tools/venv.sh dev
	@tools/browser.sh
	@workers=$$(($$(nproc) + 1)); exec $(PY) -m pytest -m "not slow" -n $$((workers < 4 ? workers : 4)) --dist worksteal $(ARGS)

check: ## Format, lint, types, layers, policies, then make test: what every change must pass
	@tools/venv.sh dev
	$(PY) -m ruff format --check
	$(PY) -m ruff check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(GATEWAY) policy test
	$(GATEWAY) policy lint
	@$(MAKE) --no-print-directory test

bench: ## Measure; prints a table and writes bench.json
	@tools/venv.sh dev
	@exec $(PY) tests/bench/bench.py $(ARGS)

bench-pages: ## Open every page of the desk on a database of a million leads; prints a table
	@tools/venv.sh dev
	@exec $(PY) tests/bench/pages.py $(ARGS)

bench-buying: ## Sell leads one by one to a store of a million people; prints a table
	@tools/venv.sh dev
	@exec $(PY) tests/bench/selling.py $(ARGS)

bench-receivers: ## Send ten thousand prospects to three receivers, alone and beside bad ones; who lost anybody
	@tools/venv.sh dev
	@exec $(PY) tests/bench/emission.py receivers $(ARGS)

bench-recall: ## Recall a list of 100,000 that three receivers got, until all have answered; prints counts and seconds
	@tools/venv.sh dev
	@exec $(PY) tests/bench/emission.py recall $(ARGS)

truth: ## A hundred made-up companies whose truth is known: how often the numbers find it (long)
	@tools/venv.sh dev
	@exec $(PY) tests/soak/two_years.py $(ARGS)

soak: ## Kill workers a hundred times on every transport there is, and fail every SQL statement in turn (long)
	@tools/venv.sh dev
	$(PY) -m pytest -m slow tests
	@exec $(PY) tests/soak/kills.py $(ARGS)

screenshots: ## Take the pictures of the desk that the docs show (docs/screens)
	@tools/venv.sh dev
	@tools/browser.sh
	$(PY) tools/screenshots.py

words: ## Collect the desk's words for translators (gateway/console/locale/desk.pot)
	@tools/venv.sh base
	$(PY) tools/words.py

lock: ## Resolve requirements/*.in again into the hash-locked files (needs uv)
	@tools/lock.sh

clean: ## Remove what was made here (.venv, caches); your data under var/ stays
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache build dist *.egg-info bench.json
	find gateway tests tools -name __pycache__ -type d -prune -exec rm -rf {} +
