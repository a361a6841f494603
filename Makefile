# The portal's doors. `make help` lists them.
PORT ?= 8000
PYTHON ?= python3
VENV := .venv
PY := $(VENV)/bin/python
# For two cores: a worker waits half of its time, for a browser, a server or a clock.
JOBS ?= 3
export PORT

.DEFAULT_GOAL := help
.PHONY: help run test check format messages bench clean

help: ## list what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 10

run: $(VENV)/.installed var/secret-key ## install, migrate, load the opening edition once, and serve
	@DJANGO_SETTINGS_MODULE=newsportal.settings.dev $(PY) manage.py serve --demo

test: $(VENV)/.installed-dev ## everything, on SQLite and on PostgreSQL, with a browser
	$(PY) -m pytest -n $(JOBS) --dist loadgroup
	$(PY) -m tests.postgres $(PY) -m pytest -n $(JOBS) --dist loadgroup -m "not pure and not browser"

check: $(VENV)/.installed-dev ## format, lint, import contracts, migrations, deployment settings
	$(PY) -m ruff format --check .
	$(PY) -m ruff check .
	$(VENV)/bin/djlint --quiet --lint newsportal/templates
	$(VENV)/bin/lint-imports
	DJANGO_SETTINGS_MODULE=newsportal.settings.test $(PY) manage.py makemigrations --check --dry-run
	SECRET_KEY=$$($(PY) -c 'import secrets; print(secrets.token_urlsafe(50))') \
	DJANGO_SETTINGS_MODULE=newsportal.settings.prod $(PY) manage.py check --deploy --fail-level WARNING

format: $(VENV)/.installed-dev ## put code and templates into shape
	$(PY) -m ruff format .
	$(PY) -m ruff check --fix .

messages: $(VENV)/.installed-dev ## collect texts to translate and compile translations (needs gettext)
	$(PY) -m tests.messages

bench: $(VENV)/.installed-dev ## ratios, on SQLite and on PostgreSQL
	$(PY) -m benchmarks
	$(PY) -m tests.postgres $(PY) -m benchmarks

clean: ## remove what was installed and every byte of data
	rm -rf $(VENV) var

$(PY):
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(PY)
	$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

# The portal does not serve with the default key; this one is made once and kept.
var/secret-key: | $(PY)
	@mkdir -p var
	@(umask 077; $(PY) -c 'import secrets; print(secrets.token_urlsafe(50))' > $@)
