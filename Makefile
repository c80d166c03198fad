# The menu. `make` lists it.
#
# make demo needs Python 3.11, git and make. make test also needs Node >= 20; it installs the rest itself.

PYTHON ?= python3.11
DEV    := .venv-dev/bin
# The binary itself: npm's wrapper around it ends with 0 when a test fails.
FORGE   = $(or $(firstword $(wildcard node_modules/@foundry-rs/forge-*/bin/forge)),forge)
# Without this, every pytest run would start Ape first (6 s). `ape test` needs it, so it is not in pyproject.toml.
PYTEST := $(DEV)/python -m pytest -p no:ape_test
# A worker for each core; a file's tests stay together, since they share what is deployed for them.
SPREAD := -n auto --dist loadfile
# Small matrices in many processes: threads of their own would only get in each other's way.
export OPENBLAS_NUM_THREADS := 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1
# npm brings forge and anvil for Linux on x86-64; elsewhere, those on the path are used.
export PATH := $(CURDIR)/node_modules/.bin:$(PATH)

# $(call install,ENV,LOCK,OPTIONS): an environment with what the lock names.
define install
	@echo "installing into $(1), from the network: about a minute"
	@$(PYTHON) -m venv $(1)
	$(1)/bin/python -m pip install -qq --no-compile $(3) --require-hashes -r requirements/$(2).txt
endef
# No compiler is needed for what users install. (Some of Ape's packages are plain Python without a wheel.)
WHEELS := --only-binary :all:
# $(call package,ENV): this package, editable, built by the pinned backend.
define package
	$(1)/bin/python -m pip install -qq --no-deps --no-build-isolation --editable .
endef

.DEFAULT_GOAL := help
.PHONY: help demo install test test-python test-core test-forge test-ape differential test-wheel test-demo node \
	test-contracts test-text incidents incidents-check gas gas-check manifest manifest-check coverage-table proposals lint types layers slither docs coverage mutants prove prove-break long locks clean

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  %-15s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# ---------------------------------------------------------------- use

demo: .venv/ready ## the whole round trip on an embedded chain, in one table
	.venv/bin/dpo-gov demo

install: .venv/ready ## only install: .venv/bin/dpo-gov

.venv/ready: requirements/core.txt pyproject.toml
	@$(PYTHON) --version >/dev/null 2>&1 || { echo "Python 3.11 is needed; name yours with PYTHON=..."; exit 1; }
	$(call install,.venv,core,$(WHEELS))
	$(call package,.venv)
	@touch $@

# ---------------------------------------------------------------- test

test: node_modules/ready .venv-dev/ready ## everything that CI runs
	$(MAKE) --jobs 3 --output-sync=target test-contracts test-text .venv-core/ready
	$(MAKE) test-python
	$(MAKE) --jobs 2 --output-sync=target test-ape test-wheel
	$(MAKE) test-core

# Side by side, since the invariants keep but one core busy. Each of the two goes in order: forge has one cache.
test-contracts:
	$(MAKE) --jobs 1 manifest-check test-forge gas-check incidents-check

test-text:
	$(MAKE) --jobs 1 lint types layers docs slither

test-python: .venv-dev/ready .venv-core/ready node_modules/ready ## the Python tests, with anvil and eth-tester, next to Ape
	$(PYTEST) $(SPREAD)

# What it leaves out asks nothing of numpy or web3 that test-python has not asked, which compares hashes with this environment.
test-core: .venv-core/ready ## the core alone, without Ape or Node, on the newest numpy and web3
	.venv-core/bin/python -m pytest $(SPREAD) $(addprefix --ignore tests/,anvil docs guardrails policy pricing risk same_hash test_reproducible.py tools)

test-forge: node_modules/ready ## the contract tests in Solidity
	$(FORGE) test

incidents: .venv-dev/ready node_modules/ready ## the suite of nineteen incidents: its table, and docs/incidents.md from it
	$(DEV)/python tools/incidents.py

incidents-check: .venv-dev/ready node_modules/ready
	$(DEV)/python tools/incidents.py --check

gas: .venv-dev/ready node_modules/ready ## the gas table beside its goals, and docs/gas.md from it
	$(DEV)/python tools/gas_table.py

gas-check: .venv-dev/ready node_modules/ready
	$(DEV)/python tools/gas_table.py --check

test-ape: .venv-dev/ready node_modules/ready ## Ape compiles, tests and mounts the commands
	$(DEV)/ape compile
	$(DEV)/ape test
	$(DEV)/ape dpo params show core

differential: .venv-dev/ready ## registry and guard rails side by side for STEPS random calls, new ones each time
	DPO_GOV_DIFFERENTIAL_STEPS=$(or $(STEPS),1000000) $(PYTEST) tests/guardrails/test_differential.py

test-wheel: .venv-dev/ready ## the built wheel, in an environment and a folder of its own
	tools/test_wheel.sh $(PYTHON)

test-demo: ## `make demo` in a fresh clone without Node
	tools/test_demo.sh $(PYTHON)

long: node_modules/ready coverage mutants prove prove-break test-demo ## what takes longer: coverage of the heart, mutants, proofs, long fuzzing, a newcomer's demo
	FOUNDRY_PROFILE=long $(FORGE) test
	$(PYTEST) -m long

coverage: .venv-dev/ready node_modules/ready ## registry and executor: at least 95 % of lines and branches
	FOUNDRY_OUT=build/coverage/out FOUNDRY_CACHE_PATH=build/coverage/cache \
		$(FORGE) coverage --no-match-contract 'Gas|InvariantsTest' --no-match-test '[sS]izeLimit' \
		--report lcov --report-file build/lcov.info # compiled without optimizer: gas and size mean nothing
	$(DEV)/python tools/check_coverage.py build/lcov.info

mutants: .venv-dev/ready node_modules/ready ## break each rule of the contracts in turn: a test must fail
	$(DEV)/python tools/mutants.py

prove: .venv-halmos/ready .venv-dev/ready node_modules/ready ## prove the rules of registry and vault for any state (docs/proofs.md), and run the invariants
	$(DEV)/python tools/prove.py
	$(FORGE) test --match-path 'tests/invariants/*'

prove-break: .venv-halmos/ready .venv-dev/ready node_modules/ready ## take each rule out: a counterexample must be found
	$(DEV)/python tools/prove.py --break

# ---------------------------------------------------------------- lint, types, layers

lint: .venv-dev/ready node_modules/ready ## ruff, forge fmt, solhint
	$(DEV)/ruff check .
	$(DEV)/ruff format --check .
	$(FORGE) fmt --check
	solhint --config solhint.config.js --disc --noPoster --noPrompt 'contracts/**/*.sol'

types: .venv-dev/ready ## mypy, strict
	$(DEV)/mypy

layers: .venv-dev/ready ## imports point down only
	$(DEV)/lint-imports

slither: .venv-slither/ready node_modules/ready ## static analysis of the contracts
	FOUNDRY_OUT=build/slither/out FOUNDRY_CACHE_PATH=build/slither/cache \
		.venv-slither/bin/slither . --config-file slither.config.json

# ---------------------------------------------------------------- make

manifest: .venv-dev/ready node_modules/ready ## compile the contracts into the package
	$(DEV)/python tools/build_manifest.py

manifest-check: .venv-dev/ready node_modules/ready ## the committed manifest is what the contracts compile to
	$(DEV)/python tools/build_manifest.py --check

coverage-table: .venv-dev/ready ## how often the intervals hold the truth, and docs/coverage.md from it (minutes)
	$(DEV)/python tools/coverage_table.py

proposals: .venv-dev/ready ## render the proposals of the repository again, after a change of contracts, model or texts
	for folder in proposals/*/; do $(DEV)/python -m dpo_gov proposal render "$$folder" || exit; done

docs: .venv-docs/ready .venv-dev/ready ## build docs/ into build/docs; a warning is an error
	$(DEV)/python tools/write_command_docs.py --check
	.venv-docs/bin/sphinx-build -W --keep-going -q -b html docs build/docs

locks: ## resolve the locks again (ARGS=--upgrade for newest versions)
	tools/lock.sh $(ARGS)

clean: ## remove what was built and installed
	rm -rf .venv .venv-* node_modules build dist .build .cache .*_cache .hypothesis crytic-export

# ---------------------------------------------------------------- environments

.venv-dev/ready: requirements/dev.txt pyproject.toml
	$(call install,.venv-dev,dev)
	$(call package,.venv-dev)
	@# Ape finds the compiler through a variable; an environment that sets it needs no export by hand.
	@echo 'import os; os.environ.setdefault("SOLCX_BINARY_PATH", "$(CURDIR)/tools/solc")' \
		> $$(echo .venv-dev/lib/python3*/site-packages)/ape_solc.pth
	@touch $@

.venv-core/ready: requirements/core-test.txt pyproject.toml
	$(call install,.venv-core,core-test,$(WHEELS))
	$(call package,.venv-core)
	@touch $@

.venv-docs/ready: requirements/docs.txt
	$(call install,.venv-docs,docs,$(WHEELS))
	@touch $@

.venv-slither/ready: requirements/slither.txt
	$(call install,.venv-slither,slither,$(WHEELS))
	@touch $@

.venv-halmos/ready: requirements/halmos.txt
	$(call install,.venv-halmos,halmos,$(WHEELS))
	@touch $@

node: ## is Node new enough?
	@node -e 'process.exit(parseInt(process.versions.node) >= 20 ? 0 : 1)' 2>/dev/null || \
		{ echo "make test needs Node 20 or newer on the path; found: $$(node --version 2>/dev/null || echo none)"; exit 1; }

node_modules/ready: package-lock.json | node
	npm ci --ignore-scripts --silent # what they ship lies ready in the packages
	@command -v forge >/dev/null && command -v anvil >/dev/null || { \
		echo "contract tests need Linux on x86-64, or forge and anvil 1.7.1 on the path"; exit 1; }
	@touch $@
