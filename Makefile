# Each verb first brings what it needs (acked/bootstrap.py), then runs.

MAKEFLAGS += --no-print-directory

.PHONY: help serve site prove test lint new accept setup lock bench seal gather summary report issue audit verdict

# As typed, also with a $ in it, to the shell by way of the environment.
override ONLY := $(value ONLY)
override Q := $(value Q)
override TOPIC := $(value TOPIC)
override SHARD := $(value SHARD)
override FROM := $(value FROM)
override TO := $(value TO)
export ONLY Q TOPIC FRESH SHARD FROM TO
ifdef SUITE
export ACKED_SUITE := $(SUITE)
endif
ifeq ($(origin PYTHON),command line)
export ACKED_PYTHON := $(PYTHON)
endif

# pyenv's python3 fails where .python-version names one that is not there.
define READY
@for python in .venv/bin/python python3 /usr/bin/python3; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || continue; \
  exec "$$python" -I -S acked/bootstrap.py $@ $(ASIDE); \
done; echo 'python3 is missing; apt-get install python3' >&2; exit 1
endef

ACKED = @exec .venv/bin/python -m acked.cli $@
RUN = @.venv/bin/python -m

define LINT
@.venv/bin/ruff check acked bench tests
@.venv/bin/ruff format --check acked bench tests
@.venv/bin/python -m mypy
@.venv/bin/typos
@.venv/bin/actionlint
@.venv/bin/zizmor --offline --quiet --strict-collection --persona=auditor .
endef

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

serve: ## the site on http://127.0.0.1:8000, reloading; proves meanwhile
	$(READY)
	$(ACKED)

site: ## prove what is not proven, then build site/
	$(READY)
	$(ACKED)

prove: ## run the snippets; ONLY=celery/worker-crash FRESH=1 SUITE=trixie PYTHON=3.12 SHARD=2/4
	$(READY)
	$(ACKED) --only="$$ONLY" --shard="$$SHARD" $(if $(filter 1,$(FRESH)),--fresh)

test: ## all that CI wants: lint, types, spelling, proofs, the site, the tests
	$(READY)
	$(LINT)
	$(RUN) acked.cli site
	$(RUN) pytest

lint: ## what needs no run: style, types, spelling, workflows, the pages
	$(READY)
	$(LINT)
	$(RUN) acked.cli check

new: ## a new page and snippet; Q="What happens if ...?" TOPIC=celery
	$(READY)
	$(ACKED) --question="$$Q" --topic="$$TOPIC"

accept: ## run a snippet, show what is new, record its output; ONLY=celery/worker-crash
	$(READY)
	$(ACKED) --only="$$ONLY"

setup: ## only bring what is needed; SUITE=trixie
	$(READY)

lock: ## write requirements.lock; FRESH=1 takes the newest of everything
	$(READY)

bench: ## how fast it is beside others; writes bench/results.json; ROUNDS=5
	$(READY)
	@.venv/bin/python bench/bench.py

# For the workflows. What a job has proven goes to the next one in a folder FROM,
# under a seal that the first job of the run has made.

# What they print is for a file.
seal summary: ASIDE = >&2

seal: ## print a seal for a run; take it over: SEAL=…
	$(READY)
	$(ACKED) --key="$$SEAL"

gather: ## take over the proofs of a run's jobs; FROM=proofs
	$(READY)
	$(ACKED) --folder="$$FROM"

summary: ## what a run has proven and what changed, as Markdown; FROM=proofs
	$(READY)
	$(ACKED) --folder="$$FROM"

report: ## write down what the newest versions break; FROM=proofs TO=report.md ADDRESS=https://…
	$(READY)
	$(ACKED) --folder="$$FROM" --address="$$ADDRESS" --to="$$TO"

issue: ## open or update the one issue on what broke; FROM=report.md
	@exec python3 -I acked/issue.py "$$FROM"

audit: ## ask for known holes in the locked packages
	$(READY)
	@.venv/bin/pip-audit --disable-pip --require-hashes --requirement requirements.lock

verdict: ## whether all jobs of a run did well; RESULTS="success success"
	@test -n "$(RESULTS)" && test -z "$(filter-out success,$(RESULTS))"
