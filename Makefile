# What a person types. `make demo` needs Python 3.11 or 3.12 and make, nothing else; `make test` also a Kafka and a Redis, which it sets up
# where it may. Stamp files in .venv and .cache make a second run start at once.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check install --quiet
PYTEST_ARGS ?=
BENCH_ARGS ?=
# Bounds as in pyproject.toml's requires-python.
PYTHON ?= $(shell for python in python3.11 python3 python3.12; do \
	"$$python" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] < (3, 13))' 2>/dev/null && echo "$$python" && break; done)

.PHONY: help demo up test lint bench soak schemas dashboards kafka servers dev clean

help:
	@echo "make demo     a real day played through an embedded Kafka and Redis"
	@echo "make up       the same embedded stack, staying up"
	@echo "make test     lint, types and all tests but the slow ones; PYTEST_ARGS='-k word' chooses"
	@echo "make soak     the slow tests"
	@echo "make bench    throughput and latency; BENCH_ARGS are passed on"
	@echo "make lint     ruff and mypy"
	@echo "make schemas  write schemas/published and docs/openapi.json anew"
	@echo "make dashboards  write grafana/dashboards anew"
	@echo "make clean    remove everything that was made here"

demo: $(VENV)/.installed
	$(BIN)/leadlock demo

up: $(VENV)/.installed
	$(BIN)/leadlock up

test: dev servers lint
	$(BIN)/python -m pytest -m "not slow" $(PYTEST_ARGS)

soak: dev servers
	$(BIN)/python -m pytest -m slow $(PYTEST_ARGS)

bench: dev servers
	$(BIN)/python -m tests.bench $(BENCH_ARGS)

lint: dev
	$(BIN)/ruff check .
	$(BIN)/mypy

schemas: $(VENV)/.installed
	$(BIN)/python -m schemas.publish
	$(BIN)/python -m streams.web.openapi

dashboards: dev
	$(BIN)/python -m grafana.build

dev: $(VENV)/.installed-dev

servers:
	@tools/servers.sh redis java kafka prometheus linters chromium

# The jars of a real broker for the tests, in .cache/kafka.
kafka:
	@tools/servers.sh java kafka

clean:
	rm -rf $(VENV) .cache build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

$(VENV)/.made:
	@test -n "$(PYTHON)" || { echo "leadlock needs Python 3.11 or 3.12 as python3.11, python3 or python3.12 on the PATH (or make PYTHON=/path/to/it);" \
		"python3 here is: $$(python3 --version 2>&1 || true)" >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip' 2>/dev/null || { echo "$(PYTHON) cannot make virtual environments: install Debian's python3-venv" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	touch $@

# The development install satisfies the plain one: whichever came last after a change of pyproject.toml is enough.
$(VENV)/.installed: pyproject.toml | $(VENV)/.made
	$(PIP) -e .
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(VENV)/.made
	$(PIP) -e '.[dev]'
	touch $@ $(VENV)/.installed
