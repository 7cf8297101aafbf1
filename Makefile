# make demo     everything with a simulated building (README, first command)
# make test     all checks (README, second command; what CI runs)
# make test-long the same with whole days and many more examples
# make test-faults every fault with several seeds, within the hour; leaves tables in .faults
# make test-soak  half an hour of faults, after which nothing may have grown; ARGS="--minutes 5"
# make evaluate what recordings and simulated weeks must reach; REPLAY=folder of the recordings
# make bench    how fast it is, against the goals
# make install  .venv with the `vrijplek` command
# make lock     renew requirements*.lock after a change of dependencies
# make clean    remove .venv and caches

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --no-input
PYTEST := $(BIN)/python -m pytest

REPLAY ?= ../shared/replay

# The tests start hundreds of processes, which begin sooner once their modules are compiled.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: install demo test test-long test-faults test-soak evaluate bench system lock clean

install: .venv/installed

demo: install
	@exec $(BIN)/vrijplek demo $(ARGS)

.venv/bin/python:
	@test -n "$(PYTHON)" || { echo "vrijplek needs Python 3.11 or later; found none on the PATH"; exit 1; }
	$(PYTHON) -m venv .venv || { echo "on Debian and Ubuntu: apt-get install python3-venv"; rm -rf .venv; exit 1; }

.venv/installed: requirements.lock pyproject.toml | .venv/bin/python
	$(PIP) install --progress-bar on --require-hashes -r requirements.lock
	$(PIP) install --no-deps --no-build-isolation --quiet --editable .
	@touch $@

.venv/tested: requirements-dev.lock .venv/installed
	$(PIP) install --progress-bar on --require-hashes -r requirements-dev.lock
	@touch $@

# Debian packages that the tests start: broker, browser, a clock to pretend with.
system:
	@sh tests/system-packages

test: .venv/tested system
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(PYTEST) -m alone $(LONG)
	$(PYTEST) -m "not alone" $(LONG) -n 2 --dist loadfile --no-loadscope-reorder

test-long:
	@$(MAKE) test LONG=--long

test-faults: .venv/tested system
	$(PYTEST) tests/faults --faults -m alone --out .faults/figures.md $(ARGS)
	$(PYTEST) tests/faults --faults -m "not alone and not soak" -n 2 --out .faults/table.md $(ARGS)

test-soak: .venv/tested system
	$(PYTEST) tests/faults --faults -m soak $(ARGS)

evaluate: install
	@failed=0; \
	$(BIN)/python tests/evaluation/figures.py "$(REPLAY)" || failed=1; \
	$(BIN)/python tests/evaluation/worlds.py || failed=1; \
	exit $$failed

bench: install
	$(BIN)/python tests/bench/speed.py

lock: .venv/tested
	$(BIN)/uv pip compile -q pyproject.toml --group build --universal --python-version 3.11 \
	  --generate-hashes --no-emit-index-url --no-header -o requirements.lock
	$(BIN)/uv pip compile -q pyproject.toml --group build --group dev --universal \
	  --python-version 3.11 --generate-hashes --no-emit-index-url --no-header \
	  -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .hypothesis
