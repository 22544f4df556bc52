# The two commands a newcomer needs are `make run` and `make test`. See README.md.
PYTHON ?= python3
PORT ?= 8000
VENV := .venv
BIN := $(VENV)/bin
MANAGE := $(BIN)/python manage.py
# What `make run` sets: a demo on this computer, over plain HTTP.
DEMO_ENV := DEMO=1
TEST_DATABASE_URL ?= postgres://postgres@127.0.0.1:5432/postgres

.PHONY: run demo-province install install-dev reset-demo test stress bench load quality lint format clean

run: install ## Try the portal out: demo data on SQLite, http://127.0.0.1:8000
	@$(DEMO_ENV) $(MANAGE) migrate --verbosity 0
	@$(DEMO_ENV) $(MANAGE) load_reference
	@$(DEMO_ENV) $(MANAGE) collectstatic --no-input --verbosity 0
	@$(DEMO_ENV) $(MANAGE) load_demo --port $(PORT)
	@$(DEMO_ENV) LOG_LEVEL=WARNING sh -c '$(MANAGE) run_worker --verbosity 0 & worker=$$!; trap "kill $$worker 2>/dev/null" EXIT INT TERM; \
	  $(BIN)/gunicorn catalog_portal.wsgi --bind 127.0.0.1:$(PORT) --workers 1 --threads 4 --no-control-socket'

demo-province: install ## A whole province at work: 14 cities with 60 rows each, in all stages; then `make run`
	@$(DEMO_ENV) $(MANAGE) migrate --verbosity 0
	@$(DEMO_ENV) $(MANAGE) load_reference
	@$(DEMO_ENV) $(MANAGE) load_demo --port $(PORT)
	@$(DEMO_ENV) LOG_LEVEL=WARNING $(MANAGE) load_demo_province
	@echo "运行 make run 打开平台。"

install: $(VENV)/.installed ## The environment alone

install-dev: $(VENV)/.installed-dev

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed; say which with make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements.txt requirements-dev.txt | $(VENV)/bin/python
	$(BIN)/pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

reset-demo: install ## Throw the demo data away and start over
	rm -rf var/portal.sqlite3 var/portal.sqlite3-wal var/portal.sqlite3-shm var/media
	@echo "演示数据已清除，运行 make run 重新开始。"

test: install-dev ## SQLite, then PostgreSQL where one answers, then the browser where there is one
	@$(BIN)/python tests/run_all.py

stress: install-dev ## A minute of 50 threads on PostgreSQL, fifty kills, 2,000 certificates by 32 threads
	CERTIFICATES=2000 DATABASE_URL=$(TEST_DATABASE_URL) $(BIN)/python -m pytest tests/test_numbers.py
	CERTIFICATES=2000 DATABASE_URL=sqlite:///:memory: $(BIN)/python -m pytest tests/test_numbers.py
	CONCURRENCY_SECONDS=60 KILLS=50 DATABASE_URL=$(TEST_DATABASE_URL) \
	  $(BIN)/python -m pytest tests/test_concurrency.py tests/test_kill.py
	KILLS=50 DATABASE_URL=sqlite:///:memory: $(BIN)/python -m pytest tests/test_kill.py

bench: install-dev ## Compare with peers, side by side; writes docs/performance.md
	@$(BIN)/python -m bench

load: install-dev ## A mixed minute against gunicorn on PostgreSQL; nothing may fail, be lost or doubled
	@TEST_DATABASE_URL=$(TEST_DATABASE_URL) $(BIN)/python -m bench.load

quality: install-dev ## How right the check's answers are; writes docs/check-quality.md
	@$(BIN)/python -m bench.quality

lint: install-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy .
	$(BIN)/lint-imports
	$(DEMO_ENV) $(MANAGE) makemigrations --check --dry-run
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(50))') \
	  PERSONAL_DATA_KEYS=$$($(BIN)/python -c 'from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())') \
	  PERSONAL_DATA_HASH_KEY=lint VERIFICATION_KEYS=lint \
	  ALLOWED_HOSTS=portal.example.gov.cn DATABASE_URL=sqlite:///:memory: \
	  $(MANAGE) check --deploy --fail-level WARNING

format: install-dev
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean:
	rm -rf $(VENV) var .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
