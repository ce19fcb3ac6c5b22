# The two commands of the README are `make run` and `make test`; each sets up .venv by itself.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/ready
LAB ?= labs/03_line_recognizer.ipynb
PARAMETERS ?=
# TensorFlow takes and returns memory at every step. By default glibc hands it back to the kernel each
# time, which costs a third of a training; this lets it keep 256 MB (Linux, ignored elsewhere).
export GLIBC_TUNABLES ?= glibc.malloc.top_pad=268435456

# Two notebooks or test files at a time, each on one thread, in this order, the long ones first: so
# two cores are in use to the end. Tests of the canvas read with what labs 02 and 03 have trained.
ONE_THREAD := OMP_NUM_THREADS=1 TF_NUM_INTRAOP_THREADS=1
TWO_AT_A_TIME := LABS_RAN=1 $(ONE_THREAD) $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder
LONG := labs tests/browser tests/package/experiments/test_sweeps.py tests/labs tests/project/test_site.py
TESTS := $(sort $(shell find tests/package tests/project -name 'test_*.py'))
LONG_FIRST := $(LONG) $(filter-out $(LONG),$(TESTS))

.PHONY: help run test unit gate check-long test-long faults cluster lab lint lint-js format pretrained exercises student nbgrader colab binder backends site browser assets results benchmark clean

help:  ## show this list
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(READY)  ## train and read lines (lab 03): executed notebook, HTML report, results.json in runs/
	$(BIN)/python -m fsdl_hwr.experiments $(LAB) $(if $(PARAMETERS),--parameters $(PARAMETERS))

test: $(READY)  ## lint, unit tests, structure of the notebooks, every notebook executed
	rm -f runs/parts.txt $(patsubst labs/%.ipynb,runs/%/results.json,$(wildcard labs/*.ipynb))
	rm -rf runs/05_experimentation  # its finished runs would not be repeated
	@$(BIN)/python tools/part.py lint $(MAKE) --no-print-directory lint
	$(TWO_AT_A_TIME) --durations 15 --nbval-lax --nbval-current-env --nbval-cell-timeout 900 --ignore=labs/exercises --ignore=labs/04b_many_machines.ipynb $(LONG_FIRST)

unit: $(READY)  ## the tests without notebooks, browser and what trains to learn: 4 minutes of CPU
	$(ONE_THREAD) $(BIN)/python -m pytest -n 2 --dist loadfile -p no:nbval -m "not long and not notebook and not slow" tests/package tests/project

gate: $(READY)  ## plant each defect in a copy of the package, and see which test catches it
	$(BIN)/python -m fsdl_hwr.gate

check-long: test-long backends nbgrader colab binder site  ## what takes too long for make test: an hour, and 9 GB

faults: $(READY)  ## kill -9 at 50 random moments, a full disk, a clock set back: nothing may be lost
	$(BIN)/python -m pytest -m long tests/package/experiments/test_kills.py

cluster: $(READY)  ## a sweep on two machines that are one, one of them killed; what the cluster costs
	$(BIN)/python -m fsdl_hwr.experiments labs/04b_many_machines.ipynb
	$(BIN)/python benchmarks/cluster.py

test-long: $(READY)  ## the tests that make test leaves out
	$(BIN)/python -m pytest -m long tests

lab: $(READY)  ## open JupyterLab on a copy of the labs, work/, which updates of the kit leave alone
	$(BIN)/python tools/copy_labs.py
	$(BIN)/jupyter lab --ServerApp.root_dir=. --LabApp.default_url=/lab/tree/work

lint: $(READY)  ## check code, types and notebooks
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python tools/check_notebooks.py

lint-js:  ## check the explorers' JavaScript, where there is npm
	npx --yes @biomejs/biome@2.6.8 lint

pretrained: $(READY)  ## train the recognizer that ships: hours; it goes on where it was stopped
	$(BIN)/python tools/make_pretrained.py $(if $(MINUTES),--minutes $(MINUTES)) $(if $(DECAY_EPOCHS),--decay-epochs $(DECAY_EPOCHS))

format: $(READY)  ## rewrite code and notebooks in the project's style
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

exercises: $(READY)  ## make the students' notebooks anew, from labs/solutions
	$(BIN)/python tools/make_exercises.py

student: $(READY)  ## an archive of the kit without solutions, to hand out
	$(BIN)/python tools/student_archive.py

# Laid over .venv, as nbgrader brings a course database and an extension that every JupyterLab shows.
nbgrader: $(READY)  ## nbgrader's generate_assignment on the solution notebooks, as they are
	test -d .nbgrader || $(BIN)/python -m pip install --quiet --no-deps --target .nbgrader nbgrader==0.9.6 notebook==7.6.5 alembic==1.20.1 mako==1.4.3 sqlalchemy==2.1.9
	rm -rf runs/nbgrader && mkdir -p runs/nbgrader/source/labs
	cp labs/solutions/*.ipynb runs/nbgrader/source/labs
	cd runs/nbgrader && PATH="$(CURDIR)/.nbgrader/bin:$$PATH" PYTHONPATH=$(CURDIR)/.nbgrader $(CURDIR)/$(BIN)/python -m nbgrader generate_assignment labs

# Where the set-up cell's installation had to replace what Colab ships, pip would refuse. Colab runs
# Python 3.13; this takes the one at hand, and asks whether there are wheels for 3.12 and 3.13.
colab: $(READY) .colab/ready  ## with Colab's versions: the explorers' tests, labs 02 and 03
	for version in 3.12 3.13; do .colab/bin/python -m pip install --quiet --disable-pip-version-check --dry-run --target .colab/wheels --only-binary :all: --python-version $$version -r requirements/colab.txt || exit 1; done
	.colab/bin/python -c 'import ipywidgets; assert ipywidgets.__version__ == "7.7.1"'
	.colab/bin/python -m pytest tests/package/explorers
	.colab/bin/python -m fsdl_hwr.experiments labs/02_single_character.ipynb --folder runs/colab/02_single_character
	.colab/bin/python -m fsdl_hwr.experiments labs/03_line_recognizer.ipynb --folder runs/colab/03_line_recognizer

.colab/ready: requirements/colab.txt pyproject.toml
	rm -rf .colab && $(BIN)/python -m venv .colab
	.colab/bin/python -m pip install --quiet --disable-pip-version-check -c requirements/colab.txt tensorflow keras numpy ipywidgets pytest
	.colab/bin/python -m pip install --quiet --disable-pip-version-check -c requirements/colab.txt papermill '.[train]' && rm -rf build
	touch $@

binder: $(READY)  ## build Binder's environment, run lab 01 in it, report its peak memory
	$(BIN)/python tools/binder.py

# On Linux torch's wheel is linked to CUDA and brings it along: 2.8 GB. Where there is no GPU, name
# PyTorch's own CPU index in PIP_EXTRA_INDEX_URL.
backends: $(READY) .backends/jax/ready .backends/torch/ready  ## the tests on TensorFlow, JAX and PyTorch, and how far they agree
	$(BIN)/python tools/backends.py

# The pins are constraints here: TensorFlow and what only it wants stay out, as nothing asks for them.
.backends/%/ready: requirements/all.txt requirements/backends.txt
	rm -rf .backends/$* && $(BIN)/python -m venv .backends/$*
	.backends/$*/bin/python -m pip install --quiet --disable-pip-version-check -c requirements/all.txt -c requirements/backends.txt $* --editable .[labs,dev]
	touch $@

# Every lab is executed anew when it or the package has changed.
PACKAGE = $(shell find fsdl_hwr -name '*.py' -o -name '*.js' -o -name '*.css')

site: $(READY) .site/ready $(patsubst labs/%.ipynb,runs/site/%/results.json,$(wildcard labs/*.ipynb))  ## execute the labs and build a site of their pages: runs/site/html
	$(BIN)/python tools/build_site.py

runs/site/%/results.json: labs/%.ipynb labs/experiments/one_run.ipynb $(PACKAGE) | $(READY)
	rm -rf $(@D)
	$(BIN)/python -m fsdl_hwr.experiments $< --folder $(@D)

.site/ready: requirements/site.txt | $(READY)
	rm -rf .site && $(BIN)/python -m venv .site
	.site/bin/python -m pip install --quiet --disable-pip-version-check -r requirements/site.txt
	touch $@

results: $(READY)  ## write docs/results.md anew, from what make test has left in runs/
	$(BIN)/python tools/write_results.py

browser: $(READY)  ## build the page that reads without a server: runs/browser/index.html (needs npm)
	$(BIN)/python tools/build_browser.py

assets: $(READY)  ## draw the README's pictures anew
	$(BIN)/python tools/make_assets.py
	$(BIN)/python tools/moving_picture.py
	$(BIN)/python tools/explorer_pictures.py

benchmark: $(READY)  ## measure, side by side: throughput, a training step, making lines, CTC paths, latency, ...
	$(BIN)/python benchmarks/recognizers.py
	$(BIN)/python benchmarks/training_step.py
	$(BIN)/python benchmarks/making_lines.py
	$(BIN)/python benchmarks/ctc_paths.py
	$(BIN)/python benchmarks/import_time.py
	$(BIN)/python benchmarks/latency.py
	$(BIN)/python benchmarks/service.py
	$(BIN)/python benchmarks/first_text.py
	$(BIN)/python benchmarks/run_queue.py

clean:  ## remove the environment and every run
	rm -rf .venv .backends .binder .colab .site .nbgrader runs .pytest_cache .ruff_cache *.egg-info
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The stamp is written last, so an interrupted installation starts again.
$(READY): requirements/locked.txt pyproject.toml
	@$(PYTHON) -c 'import sys; v = sys.version_info[:2]; sys.exit(0 if (3, 11) <= v <= (3, 13) else "Python 3.11 to 3.13 is needed; this is %d.%d. Try: make PYTHON=python3.12 ..." % v)'
	$(BIN)/python -m pip --version >/dev/null 2>&1 || { rm -rf .venv && $(PYTHON) -m venv .venv; }
	@echo "Installing pinned packages into .venv, 3 GB: this takes some minutes."
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/locked.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $@
