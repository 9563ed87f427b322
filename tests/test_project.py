"""The files around the notebooks agree with one another."""

import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).parent.parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
README = (ROOT / "README.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text()
TARGETS = set(" ".join(re.findall(r"^([a-z -]+):", MAKEFILE, re.MULTILINE)).split())


def test_environment_is_python_and_the_project():
    *conda, pip = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    python = next(name for name in conda if name.startswith("python="))
    assert set(conda) == {python, "pip"}
    assert python.removeprefix("python=") in SpecifierSet(PROJECT["requires-python"])
    # A second list of packages would drift away from the one in pyproject.toml.
    assert pip == {"pip": ["-e .[lab]"]}
    assert "lab" in PROJECT["optional-dependencies"]


def unsatisfied(requirements, lock):
    """The requirements that some line of the lock file, or its absence, does not satisfy."""
    locked = [Requirement(line) for line in lock.splitlines() if not line.startswith("#")]
    found = []
    for wanted in map(Requirement, requirements):
        versions = [str(line.specifier)[2:] for line in locked if line.name == wanted.name]
        if not versions or not all(version in wanted.specifier for version in versions):
            found.append(str(wanted))
    return found


def test_lock_satisfies_every_requirement():
    lock = (ROOT / "requirements.lock").read_text()
    extras = {**PROJECT["optional-dependencies"]}
    # The peers of `make bench` are large, and nothing else needs them.
    peers = extras.pop("bench")
    assert unsatisfied(peers, lock) == [str(Requirement(peer)) for peer in peers]
    assert set(re.findall(r"--extra (\w+)", MAKEFILE)) == set(extras)
    requirements = PROJECT["dependencies"] + sum(extras.values(), [])
    itself = [wanted for wanted in requirements if wanted.startswith(PROJECT["name"])]
    assert {extra for wanted in itself for extra in Requirement(wanted).extras} <= set(extras)
    assert unsatisfied([wanted for wanted in requirements if wanted not in itself], lock) == []


def test_lock_that_does_not_satisfy_is_found():
    lock = "# a comment\nnumpy==2.2.6\nkeras==3.12.4 ; python_version < '3.12'\nkeras==4.0"
    assert unsatisfied(["numpy>=2", "keras>=3,<4", "pytest"], lock) == ["keras<4,>=3", "pytest"]


def test_readme_lists_every_notebook():
    table = [line for line in README.splitlines() if line.startswith("|")]
    for path in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"):
        assert any(path.name in line for line in table), path.name


def test_commands_of_readme_and_help_are_targets():
    code = "\n".join(re.findall(r"```.*?```|`[^`]+`", README, re.DOTALL))
    named = set(re.findall(r"\bmake (?:[A-Z]+=\S+ )*([a-z-]+)", code))
    assert {"lab", "run", "test"} <= named <= TARGETS
    listed = set(re.findall(r'echo "make ([a-z-]+)', MAKEFILE))
    assert listed == TARGETS - {"help"}


def oldest_and_newest():
    """The versions of Python between which all lie that pyproject.toml admits."""
    admitted = SpecifierSet(PROJECT["requires-python"])
    versions = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in admitted]
    return [versions[0], versions[-1]]


def test_ci_runs_the_test_commands_of_readme():
    assert (ROOT / ".ci" / "run").read_text().splitlines()[-2:] == ["make test", "make test-colab"]
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
    jobs = yaml.safe_load(workflow)["jobs"].values()
    commands = [step["run"] for job in jobs for step in job["steps"] if "run" in step]
    assert commands == [".ci/run", "make test-lowest"]
    (versions,) = [job["strategy"]["matrix"]["python"] for job in jobs if "strategy" in job]
    assert versions == oldest_and_newest()
    for command in (".ci/run", "make test-colab", "make test-lowest"):
        assert f"`{command}`" in README


def test_dev_container_sets_up_a_python_that_is_admitted():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text())
    image, _, version = container["image"].rpartition(":")
    assert image.endswith("/devcontainers/python")
    assert version in SpecifierSet(PROJECT["requires-python"])
    command, target = container["postCreateCommand"].split()
    assert command == "make" and target in TARGETS
    python = container["customizations"]["vscode"]["settings"]["python.defaultInterpreterPath"]
    assert python == "${containerWorkspaceFolder}/.venv/bin/python"


def test_commit_hooks_are_the_ruff_of_make_test(tmp_path):
    settings = yaml.safe_load((ROOT / ".pre-commit-config.yaml").read_text())
    assert [repository["repo"] for repository in settings["repos"]] == ["local"]
    hooks = settings["repos"][0]["hooks"]
    commands = [" ".join(hook["entry"].split()[:2]) for hook in hooks]
    assert commands == [".venv/bin/ruff check", ".venv/bin/ruff format"]
    assert all(f"$(BIN)/{command.split('/')[-1]} " in MAKEFILE for command in commands)
    # In a repository of its own: a bad file is refused, a good one is not.
    for name in (".pre-commit-config.yaml", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "ruff").symlink_to(Path(sys.executable).with_name("ruff"))
    subprocess.run(["git", "init", "-q"], cwd=tmp_path, check=True)
    command = [sys.executable, "-m", "pre_commit", "run", "--files", "a.py"]
    outside = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    outside["PRE_COMMIT_HOME"] = str(tmp_path / "cache")
    (tmp_path / "a.py").write_text("import os\n")
    subprocess.run(["git", "add", "a.py", ".pre-commit-config.yaml"], cwd=tmp_path, check=True)
    done = subprocess.run(command, cwd=tmp_path, env=outside, capture_output=True, text=True)
    assert done.returncode == 1 and "F401" in done.stdout, done.stdout + done.stderr
    (tmp_path / "a.py").write_text("X = 1\n")
    done = subprocess.run(command, cwd=tmp_path, env=outside, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_citation_and_changes_name_the_version_and_the_repository():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text())
    required = {"cff-version", "message", "title", "authors"}
    assert required <= set(citation)
    assert citation["version"] == PROJECT["version"]
    assert citation["license"] == PROJECT["license"]
    assert citation["repository-code"] == PROJECT["urls"]["Repository"]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest = re.search(r"^## ([\d.]+)", changes, re.MULTILINE)[1]
    assert PROJECT["version"].startswith(newest)


def test_what_contributing_names_is_there():
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    named = re.findall(r"`([\w./-]+/|[\w./-]+\.(?:py|md|toml|txt|yml))`", text)
    assert len(named) > 15
    for name in named:
        assert "NAME" in name or (ROOT / name).exists(), name
    for command in re.findall(r"`make ([a-z-]+)", text):
        assert command in TARGETS, command
    for module in re.findall(r"`python -m ([\w.]+)", text):
        path = ROOT / module.replace(".", "/")
        there = path.with_suffix(".py").exists() or (path / "__main__.py").exists()
        assert "NAME" in module or there, module


def run_make(folder, python, target="lab"):
    """Let make do something in `folder` as in a new clone: by itself, set up .venv for `lab`."""
    for name in ("Makefile", "pyproject.toml", "requirements.lock"):
        shutil.copy(ROOT / name, folder)
    command = ["make", f"PYTHON={python}", target]
    # Without the settings of the make that may run this test.
    outside = {key: value for key, value in os.environ.items() if "MAKE" not in key}
    return subprocess.run(command, cwd=folder, env=outside, capture_output=True, text=True)


@pytest.mark.parametrize(
    ("version", "message"),
    [
        ((2, 7), "install one and name it"),
        ((3, 10), "install one and name it"),
        ((3, 11), "apt install python3-venv"),
        ((3, 13), "apt install python3-venv"),
        ((3, 14), "install one and name it"),
    ],
    ids=str,
)
def test_make_says_in_one_line_what_is_missing(tmp_path, version, message):
    # A Python that claims to be of this version, and that has no ensurepip.
    code = f"import sys; sys.version_info = {version}; exec(sys.argv[1])"
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; esac\n'
        f'exec {sys.executable} -c "{code}" "$2"\n'
    )
    python.chmod(0o755)
    made = run_make(tmp_path, python)
    assert made.returncode != 0
    assert made.stdout.count("\n") == 1 and message in made.stdout
    assert not (tmp_path / ".venv").exists()


def test_make_says_what_is_missing_where_there_is_no_python(tmp_path):
    made = run_make(tmp_path, "no-such-python")
    assert made.returncode != 0
    assert made.stdout.count("\n") == 1 and "no-such-python is missing" in made.stdout


def test_make_leaves_no_stamp_after_a_failed_installation(tmp_path):
    # This python makes a .venv whose own python fails on everything but its first question.
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\ncase "$*" in\n*venv*--clear*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;;\n'
        '*install*) echo "no network" >&2; exit 1;;\nesac\n'
    )
    python.chmod(0o755)
    made = run_make(tmp_path, python)
    assert made.returncode != 0
    assert "no network" in made.stderr and "package registry" in made.stdout
    assert "build/install.log" in made.stdout
    assert (tmp_path / "build" / "install.log").read_text() == "no network\n"
    assert (tmp_path / ".venv" / "bin" / "python").exists()
    assert not (tmp_path / ".venv" / ".installed").exists()


def test_make_prints_one_line_while_it_installs(tmp_path):
    # A python whose pip has much to say, and a JupyterLab that opens nothing.
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\ncase "$*" in\n*venv*--clear*) mkdir -p .venv/bin; cp "$0" .venv/bin/python;;\n'
        '*install*) for line in $(seq 100); do echo "WARNING: $line"; done;;\nesac\n'
    )
    python.chmod(0o755)
    made = run_make(tmp_path, python)
    assert made.returncode == 0, made.stderr
    assert made.stderr == ""
    assert len(made.stdout.splitlines()) == 2  # what is installed, and the command itself
    assert (tmp_path / "build" / "install.log").read_text().count("WARNING") == 200


def test_make_clean_keeps_what_exists_nowhere_else(tmp_path):
    for name in ("grading/gradebook.db", "student-repo/.git/HEAD", "html/01.html", "install.log"):
        file = tmp_path / "build" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    (tmp_path / ".venv").mkdir()
    for _ in range(2):
        assert run_make(tmp_path, "python3", "clean").returncode == 0
    assert not (tmp_path / ".venv").exists()
    left = [path for path in (tmp_path / "build").rglob("*") if path.is_file()]
    kept = {path.relative_to(tmp_path / "build").as_posix() for path in left}
    assert kept == {"grading/gradebook.db", "student-repo/.git/HEAD"}
    shutil.rmtree(tmp_path / "build")
    assert run_make(tmp_path, "python3", "clean").returncode == 0


def test_the_lowest_versions_are_those_of_every_dependency(tmp_path):
    assert run_make(tmp_path, "python3", "build/lowest-constraints.txt").returncode == 0
    lowest = (tmp_path / "build" / "lowest-constraints.txt").read_text().split()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["lab"]
    assert lowest == [re.sub(r">=([\d.]+).*", r"==\1", one) for one in asked]


def import_gan_helpers(**environment):
    """Import gan_helpers in a new process that has not been told to be quiet."""
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    return subprocess.run(
        [sys.executable, "-c", "import gan_helpers"],
        env=inherited | environment,
        capture_output=True,
        text=True,
    )


def test_import_prints_nothing():
    done = import_gan_helpers()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_import_shows_a_real_failure(tmp_path):
    (tmp_path / "tensorflow.py").write_text(
        'import os\nos.write(2, b"F0000 a fatal line\\n")\nraise ImportError("broken on purpose")\n'
    )
    done = import_gan_helpers(PYTHONPATH=str(tmp_path))
    assert done.returncode != 0
    assert "ImportError: broken on purpose" in done.stderr
    assert "a fatal line" in done.stderr
