# Each target that needs Python sets up .venv by itself, once.

PYTHON ?= python3
COLAB_PYTHON ?= python3.13
ARGS ?=

BIN := .venv/bin
STAMP := .venv/.installed
CODE := gan_helpers grading docs tools tests notebooks benchmarks conftest.py
# Those in notebooks/zh/ need no run: a test says that their code and outputs are those of these.
# The last notebooks train longest: they come first, so that no core waits for them at the end.
NOTEBOOKS := $(shell ls -r notebooks/[0-9][0-9]_*.ipynb 2>/dev/null)
PYTEST := -m pytest -n 2 --dist loadfile --no-loadscope-reorder \
  --nbval --nbval-current-env --nbval-cell-timeout=600 \
  --nbval-sanitize-with tests/notebooks/sanitize.cfg
# Printed for each file; in the notebooks' kernels it is off (conftest.py).
COVERAGE := --cov=gan_helpers --cov=grading --cov-report=term
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check
LOG := build/install.log

.PHONY: help install lab run test mutants test-colab test-lowest assignments student-repo grade return slides site bench notebooks translate retarget lock clean hooks

help:
	@echo "make lab          open the notebooks in JupyterLab"
	@echo "make run          run the whole series into build/ and draw new digits"
	@echo "make test         check everything, or a part of it: ARGS='-k losses'"
	@echo "make mutants      break the code on purpose, and list what no test notices: hours, or less with ARGS=saves"
	@echo "make test-colab   check notebooks and widgets with the package versions of Colab"
	@echo "make test-lowest  the same with the lowest versions that pyproject.toml admits"
	@echo "make site         build the web pages of the series, whose sliders need no kernel"
	@echo "make slides       make slides of the chapters: build/slides/, or of one with ARGS=02_discriminator_loss"
	@echo "make install      only set up .venv, which the other commands do as well"
	@echo "make assignments  for teachers: make what students get of the assignments; SEED=2027 draws other numbers"
	@echo "make grade        for teachers: SUBMISSIONS=folder-or-zip, ROSTER=csv, graded into build/grading/"
	@echo "                  SCHEDULER=tcp://host:8786 grades on the workers of a dask cluster"
	@echo "make student-repo for teachers: REPO=owner/name, a public repository for students: build/student-repo/"
	@echo "make return       for teachers: what Moodle, Canvas or Blackboard take back of it, build/grading/return/"
	@echo "make bench        measure this series against its peers: an hour, or less with ARGS"
	@echo "make notebooks    for maintainers: run the series and store its outputs"
	@echo "make translate    for translators: renew the catalogues in locale/ and what is made from them"
	@echo "make retarget     for a fork: REPO=owner/name points badges and set-up cells to it"
	@echo "make hooks        for maintainers: git then runs ruff before each commit"
	@echo "make lock         for maintainers: renew requirements.lock"
	@echo "make clean        remove .venv, the caches and build/, but not grading/ and student-repo/ there"
	@echo "The first of these makes .venv; make PYTHON=python3.12 lab chooses its Python."

install: $(STAMP)

lab: $(STAMP)
	$(BIN)/python -m jupyterlab notebooks $(ARGS)

run: $(STAMP)
	$(BIN)/python -m tools.run_series

test: $(STAMP)
	$(BIN)/ruff check $(CODE)
	$(BIN)/ruff format --check $(CODE)
	$(BIN)/mypy
	$(BIN)/python $(PYTEST) $(COVERAGE) --keep-frames --doctest-modules $(NOTEBOOKS) gan_helpers tests $(ARGS)

# A mutant is the code with one small change; where no test fails, none would notice that fault.
# Each is tested in a process of its own, since TensorFlow survives no fork, and on a copy of the
# code. What is interrupted goes on where it was, unless build/mutants/ is deleted.
MUTATED := $(basename $(notdir $(wildcard tests/mutants/*.toml)))
mutants: $(STAMP) .venv-mutants/.installed
	@mkdir -p build/mutants/code && rm -rf build/mutants/code/* && \
	  git ls-files -z | tar --null --files-from - --create | tar --extract --directory build/mutants/code
	@ln -sfn ../../../.venv build/mutants/code/.venv
	@cd build/mutants/code && export PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 && for name in $(or $(ARGS),$(MUTATED)); do \
	  set -e; run=../../../.venv-mutants/bin; of="tests/mutants/$$name.toml ../$$name.sqlite"; \
	  test -f ../$$name.sqlite || { $$run/cosmic-ray init $$of && $$run/cr-filter-operators ../$$name.sqlite tests/mutants/$$name.toml; }; \
	  echo "$$name: how far it is says .venv-mutants/bin/cr-report build/mutants/$$name.sqlite"; \
	  $$run/cosmic-ray exec $$of; \
	  $$run/cr-report --surviving-only --show-diff ../$$name.sqlite | tee ../$$name.txt; \
	  rm ../$$name.sqlite; \
	done

.venv-mutants/.installed: | $(STAMP)
	@mkdir -p build
	@{ $(BIN)/python -m venv --clear .venv-mutants && \
	  .venv-mutants/bin/python -m pip install --quiet --disable-pip-version-check 'cosmic-ray>=8.4,<9'; } > build/install-mutants.log 2>&1 || { \
	  echo "cosmic-ray is not installed: see build/install-mutants.log"; exit 1; }
	@touch $@

# What package versions may change: the notebooks, and what they stand on.
OLD_TESTS := $(addprefix tests/gan_helpers/, test_contract.py test_conditional.py test_live.py test_metrics.py test_playgrounds.py) \
  tests/notebooks/test_lone_notebook.py
# Chapter 08 takes longest: OTHER_NOTEBOOKS=notebooks/08_a_modern_gan.ipynb checks it, alone.
OTHER_NOTEBOOKS ?= $(filter-out notebooks/08_%,$(NOTEBOOKS))
test-colab test-lowest: test-%: .venv-%/.installed
	.venv-$*/bin/python $(PYTEST) $(OTHER_NOTEBOOKS) $(OLD_TESTS) $(ARGS)

site: $(STAMP)
	$(BIN)/python -m docs.build

slides: $(STAMP)
	@$(BIN)/python -m tools.slides $(ARGS)

assignments: $(STAMP)
	@$(BIN)/python -m grading release $(if $(SEED),--seed "$(SEED)")

# ARGS=--git makes it a git repository.
student-repo: $(STAMP)
	@$(BIN)/python -m tools.student_repo "$(REPO)" $(if $(OUT),--out "$(OUT)") $(ARGS)

OPTIONS = $(if $(OUT),--out "$(OUT)") $(if $(ASSIGNMENT),--assignment "$(ASSIGNMENT)") $(if $(ROSTER),--roster "$(ROSTER)") \
  $(if $(DUE),--due "$(DUE)") $(if $(LATE),--late "$(LATE)") \
  $(if $(JOBS),--jobs "$(JOBS)") $(if $(ISOLATION),--isolation "$(ISOLATION)") \
  $(if $(SCHEDULER),--scheduler "$(SCHEDULER)") $(if $(WARM),--warm "$(WARM)")
grade: $(STAMP)
	@$(BIN)/python -m grading grade $(if $(SUBMISSIONS),"$(SUBMISSIONS)") $(OPTIONS) $(ARGS)

return: $(STAMP)
	@$(BIN)/python -m grading return $(if $(OUT),--out "$(OUT)") $(if $(ASSIGNMENT),--assignment "$(ASSIGNMENT)") \
	  $(if $(COLUMN),--column "$(COLUMN)") $(ARGS)

# PyTorch is a peer to compare with, which nothing else needs.
bench: $(STAMP)
	@$(BIN)/python -c 'import torch' 2>/dev/null || { \
	  echo "Installing PyTorch, a peer to compare with, into .venv: once, several minutes"; \
	  mkdir -p build && $(PIP_INSTALL) --no-build-isolation -e '.[bench]' > $(LOG) 2>&1 || { \
	  echo "Not installed: see $(LOG). PyTorch is needed for this command only."; \
	  exit 1; }; }
	$(BIN)/python -m benchmarks $(ARGS)

notebooks: $(STAMP)
	$(BIN)/python -m tools.run_series --store

translate: $(STAMP)
	$(BIN)/python -m tools.translate $(ARGS)

retarget: $(STAMP)
	@$(BIN)/python -m tools.retarget "$(REPO)"
	@$(BIN)/python -m grading release
	@$(BIN)/python -m tools.translate >/dev/null

hooks: $(STAMP)
	$(BIN)/pre-commit install

# uv resolves for all platforms and Python versions at once, which pip cannot.
lock: $(STAMP)
	@mkdir -p build
	{ echo '# Every package at the version that is tested. Made from pyproject.toml by `make lock`.' && \
	  $(BIN)/uv pip compile pyproject.toml --quiet --universal --fork-strategy fewest \
	  --python-version 3.11 --extra lab --extra classroom --extra cluster --extra site --extra test --no-header --no-annotate; } > build/requirements.lock
	mv build/requirements.lock requirements.lock

# What a teacher has graded, and the students' repository with its history, exist nowhere else.
clean:
	[ ! -d build ] || find build -mindepth 1 -maxdepth 1 ! -name grading ! -name student-repo -exec rm -rf {} +
	rm -rf .venv .venv-* *.egg-info .pytest_cache .ruff_cache .mypy_cache .hypothesis .coverage

# The stamp comes last, so that an interrupted installation is taken up again.
$(STAMP): requirements.lock pyproject.toml
	@$(BIN)/python -m pip --version >/dev/null 2>&1 || { \
	  $(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null || { \
	    echo "$(PYTHON) is missing or is not Python 3.11 to 3.13: install one and name it, for example: make PYTHON=python3.12 lab"; \
	    exit 1; }; \
	  $(PYTHON) -c 'import ensurepip, venv' 2>/dev/null || { \
	    echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian, Ubuntu: apt install python3-venv)"; \
	    exit 1; }; \
	  $(PYTHON) -m venv --clear .venv; }
	@mkdir -p build
	@echo "Installing the packages of requirements.lock into .venv: one to two minutes the first time"
	@{ $(PIP_INSTALL) -r requirements.lock && \
	  $(PIP_INSTALL) --no-deps --no-build-isolation -e .; } > $(LOG) 2>&1 || { \
	  tail -n 3 $(LOG) >&2; \
	  echo "Not installed, for the reason above; all that pip said is in $(LOG). pip needs a package registry: check the network or pip's index-url."; \
	  exit 1; }
	@touch $@

# Colab's own Python where this machine has it, else that of .venv.
.venv-colab/.installed: OTHER_PYTHON = $(shell $(COLAB_PYTHON) -c 'import sys; print(sys.executable)' 2>/dev/null || echo $(BIN)/python)
.venv-lowest/.installed: OTHER_PYTHON = $(BIN)/python
.venv-colab/.installed: tests/colab-constraints.txt
.venv-lowest/.installed: build/lowest-constraints.txt
.venv-%/.installed: pyproject.toml | $(STAMP)
	@mkdir -p build
	$(OTHER_PYTHON) -m venv --clear .venv-$*
	@.venv-$*/bin/python -m pip install --quiet --disable-pip-version-check \
	  -c $(filter %constraints.txt,$^) -e . ipykernel nbconvert pandas hypothesis nbval==0.11.0 \
	  pytest pytest-xdist scipy > build/install-$*.log 2>&1 || { \
	  tail -n 3 build/install-$*.log >&2; \
	  echo "Not installed, for the reason above; all that pip said is in build/install-$*.log"; exit 1; }
	@touch $@

# "name>=1.2,<3" of the dependencies and of the extra lab, as name==1.2.
build/lowest-constraints.txt: pyproject.toml
	@mkdir -p build
	sed -n '/^dependencies/,/^classroom/ s/^ *"\([a-z-]*\)>=\([0-9.]*\)[,"].*/\1==\2/p' $< > $@
