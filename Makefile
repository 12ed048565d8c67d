# Each target starts from nothing: it installs what is missing (.ci/setup.sh) and skips what is there.

PYTHON := .venv/bin/python
GRIDGOV := .venv/bin/gridgov
LOCK := $(PYTHON) -m uv pip compile pyproject.toml --group build --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-header --no-annotate --quiet $(UPGRADE)

.PHONY: help demo test check bench lock clean

help:  ## Show this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' Makefile | expand -t 14

demo:  ## Simulate the demo town, load it, serve it at http://127.0.0.1:8050; ARGS="--months 6" is quicker
	@bash .ci/setup.sh app
	@$(GRIDGOV) db up
	@$(GRIDGOV) db upgrade
	@$(GRIDGOV) demo $(ARGS)
	@$(GRIDGOV) serve

test:  ## Run all tests; ARGS="-k coverage" picks some
	@bash .ci/setup.sh dev
	$(PYTHON) -m pytest -n auto --dist worksteal $(ARGS)

check:  ## Lint, types, layers, SQL lint
	@bash .ci/setup.sh dev
	$(PYTHON) -m ruff check
	$(PYTHON) -m ruff format --check
	$(PYTHON) -m mypy gridgov dash_app
	.venv/bin/lint-imports
	.venv/bin/sqlfluff lint sql

bench:  ## Measure against a peer in the same run: make bench WHAT=locate
	@bash .ci/setup.sh bench
	@test -f "tests/benchmarks/$(WHAT).py" || { echo "Say which one: make bench WHAT=..., one of:"; ls tests/benchmarks; exit 1; }
	$(PYTHON) -m "tests.benchmarks.$(WHAT)" $(ARGS)

lock:  ## Pin the packages anew in requirements/; UPGRADE=--upgrade takes newer ones
	@bash .ci/setup.sh dev
	$(LOCK) --extra app --extra planner --extra dev -o requirements/dev.txt
	$(LOCK) --extra app -c requirements/dev.txt -o requirements/app.txt
	$(LOCK) --all-extras -c requirements/dev.txt -o requirements/bench.txt

clean:  ## Remove .venv and caches; the data in .gridgov stays
	rm -rf .venv .pytest_cache .ruff_cache .mypy_cache .hypothesis .import_linter_cache dist build
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
