# make demo | run | test | check | bench | soak | screens: see README.md

VENV := .venv
BIN := $(VENV)/bin
SPEED ?= 20
PORT ?= 8000
SOAK_HOURS ?= 1

# A failure on a busy machine is looked at once more, alone: a fault fails twice, and both are printed.
tests = $(BIN)/pytest -q $(2) -m "$(1)" || $(BIN)/pytest -q -m "$(1)" --last-failed --last-failed-no-failures none

.PHONY: demo run test check lint types fast slow browser bench soak screens clean

demo: $(VENV)/app
	@exec $(BIN)/qms demo --speed $(SPEED) --port $(PORT)

run: $(VENV)/app
	@exec $(BIN)/qms demo --no-people --port $(PORT) --speed 1

test: check slow browser

check: lint types fast

lint: $(VENV)/test node_modules/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(VENV)/test node_modules/ready
	$(BIN)/mypy
	npm run --silent check

fast: $(VENV)/test
	@.ci/need postgresql
	$(call tests,not slow and not browser,-n 2 --dist loadfile)

slow: $(VENV)/test
	@.ci/need postgresql espeak-ng
	$(call tests,slow and not browser,-n 2 --dist loadfile)

browser: $(VENV)/test node_modules/ready
	@.ci/need chromium fonts
	$(call tests,browser,-n 2 --dist loadfile)

bench: $(VENV)/test
	@.ci/need chromium fonts
	$(BIN)/python -m tests.bench

soak: $(VENV)/test
	@.ci/need postgresql chromium fonts
	$(BIN)/python -m tests.soak --hours $(SOAK_HOURS)

screens: $(VENV)/test
	@.ci/need chromium fonts
	$(BIN)/python -m tests.browser.screens

clean:
	rm -rf $(VENV) node_modules var build

$(VENV)/pip:
	@.ci/need venv
	python3 -m venv $(VENV)
	@touch $@

$(VENV)/app: $(VENV)/pip pyproject.toml constraints.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[demo]'
	@touch $@

$(VENV)/test: $(VENV)/pip pyproject.toml constraints.txt
	@$(BIN)/python -m pip install -q --disable-pip-version-check -c constraints.txt -e '.[demo,test]'
	@touch $@ $(VENV)/app

node_modules/ready: package.json
	@.ci/need node
	@npm install --silent --no-audit --no-fund --no-package-lock
	@touch $@
