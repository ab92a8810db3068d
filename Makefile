# Two commands are enough: `make demo` shows it, `make test` proves it. Both set up what they need.

VENV := .venv
BIN := $(VENV)/bin
# The first of these that is new enough makes the virtual environment.
PYTHONS := python3 python3.14 python3.13 python3.12 python3.11
PYTHON ?= $(firstword $(foreach p,$(PYTHONS),$(shell $(p) -c 'import sys; print("$(p)" if sys.version_info >= (3, 11) else "")' 2>/dev/null)))
# Neighbours share what they start, so each worker gets a row of tests, and takes of another's last.
# Each worker reads all tests first: with three a fresh checkout took a tenth less processor time than
# with four, on two cores; with two it took longer, since tests wait, too.
# Heavier proofs mostly wait: each worker has a cluster of its own, unless somebody lends theirs.
# What workers would build at once is built before them; one process builds what it lacks itself.
PYTEST := $(BIN)/python -m pytest
# What is not compiled ahead is compiled on its first import, and has to be kept then.
PIP := $(BIN)/pip install --quiet --disable-pip-version-check --no-compile --require-hashes --no-deps
unexport PYTHONDONTWRITEBYTECODE
WORKERS ?= 3
PEERS_WORKERS ?= $(if $(QUARTERDECK_TEST_KUBECONFIG),0,2)
REQUIRED := $(if $(QUARTERDECK_TEST_KUBECONFIG),,$(filter require,$(QUARTERDECK_TEST_PEERS)))
BUILD_PEERS = $(if $(REQUIRED),$(BIN)/python -m tests.cluster.peers)

# What `make image` writes into: the folder of `quarterdeck init`, or else deploy/ itself.
KUSTOMIZATION ?= $(if $(wildcard installation/kustomization.yaml),installation,deploy)

.PHONY: demo init image test soak lint check format bench cluster clean help
.DEFAULT_GOAL := help

help: ## List what can be made
	@sed -n 's/^\([a-z]*\):.*## /make \1	/p' $(MAKEFILE_LIST)

demo: $(VENV)/.demo ## Show the main job on a simulated cluster: ARGS="--as eve", ARGS=--headless
	@$(BIN)/python -m bot demo $(ARGS)

init: $(VENV)/.demo ## Ask what is needed, and write what `kubectl apply -k` takes: ARGS=--help
	@$(BIN)/python -m bot init $(ARGS)

image: $(VENV)/.demo ## Build and push IMAGE=registry/name:tag, and write it into KUSTOMIZATION
	@$(BIN)/python -m deploy.image "$(IMAGE)" "$(KUSTOMIZATION)" --builder "$(BUILDER)" --base-digest "$(BASE_DIGEST)"

test: $(VENV)/.dev ## Run the tests: the fast ones, then those that need real peers
	$(PYTEST) -m "not peers and not soak" -n $(WORKERS) --dist worksteal
	$(BUILD_PEERS)
	$(PYTEST) -m "peers and not soak" -n $(PEERS_WORKERS) --dist loadfile

soak: $(VENV)/.dev ## Load the bot for ten minutes at a time, and print what that took
	$(PYTEST) -m soak -s

lint: $(VENV)/.dev ## Check format, style and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

check: lint test ## The whole truth

format: $(VENV)/.dev ## Format the code
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: $(VENV)/.dev ## Measure against kubectl and against raw requests, in one run
	$(BIN)/python -m benchmarks

cluster: $(VENV)/.dev ## Run a real control plane on this machine until Ctrl-C
	@$(BIN)/python -m tests.cluster

clean: ## Remove the virtual environment
	rm -rf $(VENV)

$(VENV)/bin/python:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed, and no python3 here is: install it and try again." >&2; exit 1; }
	@$(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { echo "$(PYTHON) has no venv module: install it (on Debian: apt-get install python3-venv) and try again." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV)

# What is locked is installed by hash, and nothing else is.
$(VENV)/.demo: requirements.lock | $(VENV)/bin/python
	@echo "installing the locked dependencies into $(VENV) ..."
	@$(PIP) -r requirements.lock
	@touch $@

$(VENV)/.dev: requirements-dev.lock | $(VENV)/bin/python
	@echo "installing the locked development dependencies into $(VENV) ..."
	@$(PIP) -r requirements-dev.lock
	@touch $@ $(VENV)/.demo
