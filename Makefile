# make demo    the whole trip on the sample shop, into ./demo
# make test    everything: style, types, imports, all tests
# make check   the same without the slow tests
# make format  lets ruff set the code
# make lock    the lock files anew from pyproject.toml (needs uv)
#
# A fresh Debian or Ubuntu needs only python3 (3.11 or newer) and make; the rest is put into .venv and, as root, installed.

SHELL := /bin/bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help

BIN := .venv/bin
PIP := $(BIN)/pip --disable-pip-version-check --no-input --require-virtualenv
# The build backend is in the lock; it is looked for on the PATH.
INSTALL_SELF := PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) install --quiet --no-deps --no-build-isolation --editable .
PYTEST := $(BIN)/pytest -n 2

.PHONY: help demo test check style format lock prepare-demo prepare-test

help:
	@sed -n 's/^# \(make .*\)/\1/p' Makefile

demo: $(BIN)/.ready-demo
	$(BIN)/refundkit demo demo

test: check
	$(PYTEST) -m slow

check: style
	$(PYTEST) -m "not slow"

style: $(BIN)/.ready-test
	$(BIN)/ruff format --check
	$(BIN)/ruff check
	$(BIN)/mypy
	$(BIN)/lint-imports --no-logo

format: $(BIN)/.ready-test
	$(BIN)/ruff format
	$(BIN)/ruff check --fix

lock:
	scripts/lock

prepare-demo prepare-test: prepare-%:
	@scripts/prepare $*

# Locked versions with hashes first, then the package itself: nothing is fetched for it.
$(BIN)/.ready-demo: requirements.lock pyproject.toml | prepare-demo
	$(PIP) install --quiet --require-hashes -r requirements.lock
	$(INSTALL_SELF)
	touch $@

$(BIN)/.ready-test: requirements-dev.lock pyproject.toml | prepare-test
	$(PIP) install --quiet --require-hashes -r requirements-dev.lock
	$(INSTALL_SELF)
	touch $@
