# The words of this checkout; `make help` lists them. Settings are given as in: make run WEB_PORT=8100
.DEFAULT_GOAL := help
.PHONY: help run smoke test check form types imports flows fix docs lock wheel setup clean pictures bench bench-calls bench-flows bench-media bench-push bench-routing bench-simulator bench-turn chaos crowd soak-model soak-routing

# Packages are compiled when first used, so that must be kept, whatever a container image says.
unexport PYTHONDONTWRITEBYTECODE

PYTHON ?= python3
BIN := .venv/bin
CODE := $(wildcard app.py callflows deploy panel recordings routing simulator tests voice)
SETUP := @command -v $(PYTHON) >/dev/null || { echo "ringdesk: $(PYTHON) is not on this machine; install Python 3.11 to 3.14, or name one: make run PYTHON=/path/to/python3.12" >&2; exit 1; }; $(PYTHON) deploy/local/bootstrap.py

help: ## show these words
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 24

run: ## set up what is missing, start everything, print addresses and logins; Ctrl-C stops all
	$(SETUP) local
	@exec $(BIN)/python -m deploy.local.run

smoke: ## start everything aside, let one caller and one agent talk, show the ticket
	$(SETUP) local
	@exec $(BIN)/python -m deploy.local.smoke

test: ## run every test, also from nothing
	$(SETUP) dev
	@$(BIN)/python -c "from tests.sound.browser import find_chromium; find_chromium()"
	@exec $(BIN)/python -m pytest -n 3 --dist load --durations=15 --durations-min=5

check: ## judge form, types, imports and call flows, and change nothing
	$(SETUP) dev
	@fault=0; for part in form types imports flows; do $(MAKE) -s $$part || fault=1; done; exit $$fault

form:
	@$(BIN)/ruff format --check $(CODE)
	@$(BIN)/ruff check $(CODE)

types:
	@$(BIN)/mypy $(CODE)

imports:
	@$(BIN)/lint-imports --no-logo

flows: ## check and test the call flows only
	$(SETUP) local
	@$(BIN)/ringdesk flows check callflows/merchants
	@$(BIN)/ringdesk flows test callflows/merchants

fix: ## format, and mend what can be mended by machine
	$(SETUP) dev
	@$(BIN)/ruff format $(CODE)
	@$(BIN)/ruff check --fix $(CODE)

chaos: ## kill everything in turn while people call, then judge: make chaos SEED=7 [SECONDS=120]; JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.chaos --seed "$(SEED)" --seconds "$(SECONDS)"

crowd: ## 1,000 callers at once for three minutes and 400 agents, then judge: make crowd [CALLS= AGENTS= SECONDS= ARRIVALS= SEED=]; JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.crowd --calls "$(CALLS)" --agents "$(AGENTS)" --seconds "$(SECONDS)" --arrivals "$(ARRIVALS)" --seed "$(SEED)"

docs: ## write the pages that are made from code
	$(SETUP) local
	@$(BIN)/python -m voice.reference
	@$(BIN)/ringdesk flows docs

pictures: ## pictures of all that agents see, in light, dark and a phone's width, in var/pictures
	$(SETUP) dev
	@exec $(BIN)/python -m tests.browser.pictures

bench: ## webhooks a second on one core, beside a ceiling, textbook Flask and Express; table and JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.bench.webhooks

bench-calls: ## what one call costs the processes: time and statements of each door, click and round; table and JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.bench.calls

bench-media: ## CPU of calls with sound, late ticks; offer to ring, click to sound; JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.bench.media

bench-flows: ## a turn of a flow beside one HMAC, checking a large file beside reading it; JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.bench.flows

bench-turn: ## a menu turn by each way in, beside a constant reply; JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.bench.turn

bench-routing: ## a dispatched call in halls of all sizes, a committed offer, commit to stream; table and JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.bench.routing

bench-simulator: ## CPU of a simulated call, 1,000 calls at once, 10,000 one after the other; JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.simulator.bench

bench-push: ## memory and delay of 5,000 desks; JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.bench_push

wheel: ## build what production installs, browser libraries and all, into dist
	$(SETUP) local
	@$(BIN)/python -m hatchling build -t wheel -d dist

lock: ## choose versions anew after a change of pyproject.toml
	$(SETUP) dev
	@exec $(BIN)/python -m deploy.local.lock

setup: ## make .venv and node_modules with everything that developers need
	$(SETUP) dev

clean: ## remove what was installed (.venv, node_modules, caches); the data in var stays
	@rm -rf .venv node_modules .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

soak-model: ## every order in which two callers, two agents and two clocks can meet, twice each; minutes; JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.model

soak-routing: ## 500 lives of callers, agents, clocks and faults on each database; half an hour; JSON
	$(SETUP) dev
	@exec $(BIN)/python -m tests.machine
