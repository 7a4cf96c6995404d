# Two commands matter: `make demo` shows the program at work, `make test` proves it.
PYTHON := .venv/bin/python
.DEFAULT_GOAL := help

.PHONY: help setup demo test check lint samples lock bench-setup bench docs-pictures

help:  ## this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 12

setup:  ## Debian packages, .venv, locked dependencies; nothing where all is there
	@scripts/setup

demo: setup  ## the whole journey on samples/, in a scratch workspace
	@$(PYTHON) ocr_cli.py demo

lint: setup
	@$(PYTHON) -m ruff format --check .
	@$(PYTHON) -m ruff check .
	@$(PYTHON) -m mypy
	@.venv/bin/lint-imports --no-cache

check: lint  ## style, types, arrows and the quick tests: about a minute
	@$(PYTHON) -m pytest -m "not slow" -n 2

test: lint  ## everything
	@$(PYTHON) -m pytest -n 2

bench-setup: setup  ## what the benchmarks compare with or need besides the product
	@scripts/bench-setup

bench: bench-setup  ## all benchmarks, hours; refreshes the tables in docs/
	@$(PYTHON) -m benchmarks

samples: setup  ## rebuild samples/ from its seed
	@$(PYTHON) samples/build.py

docs-pictures: setup  ## the pictures in docs/, from the program itself
	@$(PYTHON) docs/pictures/make.py

lock: setup  ## choose the newest allowed dependencies and lock them
	@$(PYTHON) -m pip install --quiet uv
	@$(PYTHON) -m uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--generate-hashes --no-emit-index-url --no-header --extra dev pyproject.toml \
		-o requirements.lock
