# Needs a POSIX shell, make, and Python 3.11 or newer. Everything else is installed into .venv from the locked files.

VENV := .venv
BIN := $(VENV)/bin
TRAINING := .venv-training
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
LOCK := uv pip compile --universal --generate-hashes --no-emit-index-url --quiet \
	--custom-compile-command "make lock"
FOUND_PYTHON := $(shell for name in python3 python3.14 python3.13 python3.12 python3.11; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; break; fi; done)
PYTHON ?= $(FOUND_PYTHON)

.PHONY: demo test test-llm test-training lint types eval gate mutation docs lock wheel clean

demo: $(VENV)/installed ## check two drafts against the packaged evidence
	$(BIN)/claimcheck demo --out out

test: $(VENV)/installed-dev lint types ## everything that is checked before a change lands
	$(BIN)/python -m pytest

test-llm: $(VENV)/installed-dev ## the prompts' examples against a real language model at LLM_URL, such as http://127.0.0.1:8099/v1
	@test -n "$(LLM_URL)" || { echo "Name an OpenAI-compatible server: make test-llm LLM_URL=http://127.0.0.1:8099/v1 [LLM_MODEL=openai:NAME]" >&2; exit 2; }
	LLM_URL=$(LLM_URL) LLM_MODEL=$(or $(LLM_MODEL),openai:any) $(BIN)/python -m pytest -rs -m llm tests/llm

test-training: $(TRAINING)/installed ## the steps that make the models, on a toy set; installs torch
	$(TRAINING)/bin/python -m pytest -rs tests/training

lint: $(VENV)/installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/installed-dev
	$(BIN)/mypy

eval: $(VENV)/installed-dev ## measure all that needs no language model, and write docs/quality.md
	$(BIN)/claimcheck eval --write-page

gate: $(VENV)/installed-dev ## hold quality on the packaged cases to its floors
	$(BIN)/claimcheck eval --gate

mutation: $(VENV)/installed-dev ## break the policy rule by rule: the gate must notice
	$(BIN)/python -m evals.mutation

docs: $(VENV)/installed-dev ## write the generated pages of docs/ again
	$(BIN)/python docs/generate.py

lock: $(VENV)/installed-dev ## resolve the dependencies anew; run it after a change of pyproject.toml
	$(BIN)/$(LOCK) pyproject.toml --output-file requirements.txt
	$(BIN)/$(LOCK) --group build --constraint requirements.txt --output-file requirements-build.txt
	$(BIN)/$(LOCK) pyproject.toml --group dev --constraint requirements.txt --output-file requirements-dev.txt

wheel: $(VENV)/installed-dev ## build the wheel into dist/
	$(BIN)/python -m build --wheel --no-isolation --outdir dist .

clean:
	rm -rf $(VENV) $(TRAINING) build dist out

$(VENV)/made:
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "Python cannot make a virtual environment. On Debian: apt-get install python3-venv" >&2; exit 2; }
	@touch $@

$(VENV)/installed: $(VENV)/made requirements.txt requirements-build.txt pyproject.toml
	$(PIP) install --require-hashes -r requirements.txt -r requirements-build.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/installed-dev: $(VENV)/installed requirements-dev.txt
	$(PIP) install --require-hashes -r requirements-dev.txt
	@touch $@

$(TRAINING)/installed: training/requirements.txt pyproject.toml
	@test -n "$(PYTHON)" || { echo "No Python 3.11 or newer was found. Install one, or name it: make PYTHON=/path/to/python3" >&2; exit 2; }
	@$(PYTHON) -m venv $(TRAINING)
	$(TRAINING)/bin/python -m pip --disable-pip-version-check --quiet install --requirement training/requirements.txt --editable .
	@touch $@
