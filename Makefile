# Each verb first brings what it needs (acked/bootstrap.py), then runs.

MAKEFLAGS += --no-print-directory

.PHONY: help serve site prove test new accept setup lock

# As typed, also with a $ in it, to the shell by way of the environment.
override ONLY := $(value ONLY)
override Q := $(value Q)
override TOPIC := $(value TOPIC)
export ONLY Q TOPIC FRESH
ifdef SUITE
export ACKED_SUITE := $(SUITE)
endif

# pyenv's python3 fails where .python-version names one that is not there.
define READY
@for python in .venv/bin/python python3 /usr/bin/python3; do \
  "$$python" -c 'import sys; sys.exit(sys.version_info < (3, 9))' 2>/dev/null || continue; \
  exec "$$python" -I -S acked/bootstrap.py $@; \
done; echo 'python3 is missing; apt-get install python3' >&2; exit 1
endef

ACKED = @exec .venv/bin/python -m acked.cli $@
RUN = @.venv/bin/python -m

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1	/p' Makefile

serve: ## the site on http://127.0.0.1:8000, reloading; proves meanwhile
	$(READY)
	$(ACKED)

site: ## prove what is not proven, then build site/
	$(READY)
	$(ACKED)

prove: ## run the snippets; ONLY=celery/worker-crash FRESH=1 SUITE=trixie
	$(READY)
	$(ACKED) --only="$$ONLY" $(if $(filter 1,$(FRESH)),--fresh)

test: ## all that CI wants: lint, types, spelling, proofs, the site, the tests
	$(READY)
	@.venv/bin/ruff check acked tests
	@.venv/bin/ruff format --check acked tests
	$(RUN) mypy
	@.venv/bin/typos
	$(RUN) acked.cli site
	$(RUN) pytest

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
