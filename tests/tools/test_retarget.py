"""Every badge, set-up cell and link names the repository that pyproject.toml names."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

from tools import retarget

import nbformat
import pytest

ROOT = Path(__file__).parents[2]
PATHS = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
# The places in which an address of this repository can stand.
ADDRESS = re.compile(
    r"(?:git\+https://github\.com|src=https://github\.com|repository-code: https://github\.com"
    r"|colab\.research\.google\.com/github|mybinder\.org/v2/gh)"
    r"/([\w.-]+/[\w-]+(?:\.[\w-]+)*)"
)


def links(repository, name):
    """Where a notebook opens in Colab, on Binder and on Kaggle."""
    source = f"https://github.com/{repository}/blob/main/notebooks/{name}"
    return {
        "Kaggle": f"https://kaggle.com/kernels/welcome?src={source}",
        "Colab": f"https://colab.research.google.com/github/{repository}/blob/main/notebooks/{name}",
        "Binder": f"https://mybinder.org/v2/gh/{repository}/main?urlpath=lab/tree/notebooks/{name}",
    }


def test_no_address_is_stale():
    here = retarget.address(ROOT)
    for path in retarget.files(ROOT)[:-1]:  # pyproject.toml has the address itself
        found = ADDRESS.findall(path.read_text(encoding="utf-8"))
        assert found and set(found) == {here}, path.name


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_begins_with_its_links_and_the_set_up_cell(path):
    opening, setup, *others = nbformat.read(path, as_version=4).cells
    repository = retarget.address(ROOT)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for place, link in links(repository, path.name).items():
        # Words, where a badge would ask the network for a picture each time the notebook opens.
        assert f"[Open in {place}]({link})" in opening.source
        assert re.search(rf"\[!\[Open in {place}\]\(\S+\)\]\({re.escape(link)}\)", readme)
    assert f"%pip install -q git+https://github.com/{repository}\n" in setup.source + "\n"
    first = nbformat.read(PATHS[0], as_version=4).cells[1].source
    assert setup.source == first, "the same in every notebook"
    assert not any("%pip" in cell.source for cell in others)


@pytest.fixture
def project(tmp_path):
    for path in retarget.files(ROOT):
        copy = tmp_path / path.relative_to(ROOT)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(path, copy)
    return tmp_path


def run(project, repository):
    command = [sys.executable, "-m", "tools.retarget", repository, "--root", project]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def test_one_command_moves_everything_and_back(project):
    old = retarget.address(ROOT)
    before = {path: path.read_text() for path in retarget.files(project)}
    done = run(project, "a.teacher/gan-2027")
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == [f"rewrote {p.relative_to(project)}" for p in before]
    assert retarget.address(project) == "a.teacher/gan-2027"
    for path, text in before.items():
        moved = path.read_text()
        assert moved.count("a.teacher/gan-2027") == text.count(old) > 0
        assert old not in moved
        if path.suffix == ".ipynb":
            nbformat.validate(json.loads(moved))
    assert "Nothing to do" in run(project, "a.teacher/gan-2027").stdout
    assert run(project, old).returncode == 0
    assert {path: path.read_text() for path in before} == before


@pytest.mark.parametrize(
    "repository",
    ["", "owner", "owner/", "/name", "https://github.com/owner/name", "a/b c", "a/b/c"],
)
def test_what_is_no_repository_changes_nothing(project, repository):
    before = [path.read_bytes() for path in retarget.files(project)]
    done = run(project, repository)
    assert done.returncode != 0
    assert (
        f"REPO must be OWNER/NAME, as in my-name/gan-notebooks, got {repository!r}" in done.stderr
    )
    assert [path.read_bytes() for path in retarget.files(project)] == before


def test_links_to_the_web_site_move_too(project):
    old, readme = retarget.address(project), project / "README.md"
    assert retarget.site(old) in readme.read_text()
    retarget.retarget(project, "new-owner/one")
    assert "(https://new-owner.github.io/one/playground.html)" in readme.read_text()
    assert not [path for path in retarget.files(project) if retarget.site(old) in path.read_text()]


def test_a_longer_name_that_holds_the_old_one_is_left_alone(project):
    old, readme = retarget.address(project), project / "README.md"
    readme.write_text(f"{old}-extra, x{old}, {old}. {old}.git")
    retarget.retarget(project, "new/one")
    assert readme.read_text() == f"{old}-extra, x{old}, new/one. {old}.git"


def test_a_project_without_an_address_says_so(project):
    (project / "pyproject.toml").write_text("[project]\n")
    assert 'must hold: Repository = "https://github.com/OWNER/NAME"' in run(project, "a/b").stderr
