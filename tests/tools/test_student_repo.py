"""The students' repository: what it must not hold, what it must, and where its links lead."""

import contextlib
import os
import re
import shutil
import subprocess

from grading import course
from tests.notebooks import test_lone_notebook
from tests.tools.test_retarget import ADDRESS
from tools import retarget, student_repo

import nbformat
import pytest

ROOT = student_repo.ROOT
REPOSITORY = "a-class/gan-2027"
LINK = re.compile(r"\]\((?!https?:|#)([^)#\s]+)")


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    out = tmp_path_factory.mktemp("student") / "repo"
    student_repo.make(ROOT, out, REPOSITORY, git=True)
    return out


@pytest.fixture
def copy(made, tmp_path):
    return shutil.copytree(made, tmp_path / "repo")


@pytest.fixture
def quick(monkeypatch):
    """The release as it is stored, which a test of its own compares with a fresh one."""
    stored = contextlib.nullcontext(course.COURSE / "release")
    monkeypatch.setattr(student_repo, "fresh_release", lambda _: stored)


def text_of(path):
    return path.read_text(encoding="utf-8")


def prose(path):
    if path.suffix != ".ipynb":
        return text_of(path)
    cells = nbformat.read(path, as_version=4).cells
    return "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def test_it_holds_what_students_need_and_nothing_of_the_teacher(made):
    files = student_repo.files_of(made)
    assert {path.parts[0] for path in files if len(path.parts) > 1} == {
        "gan_helpers", "images", "notebooks",
    }  # fmt: skip
    for name in course.assignments(course.COURSE):
        place = f"notebooks/assignments/release/{name}/{name}.ipynb"
        assert (made / place).is_file() and f"]({place})" in text_of(made / "README.md")
    chapters = sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    assert chapters and all((made / path.relative_to(ROOT)).is_file() for path in chapters)
    assert not any("source" in path.parts or "grading" in path.name for path in files)
    assert list(student_repo.find_leaks(course.COURSE, made)) == []
    everything = "".join(
        text_of(made / path) for path in files if path.suffix in (".py", ".md", ".ipynb", ".toml")
    )
    assert not re.search("BEGIN SOLUTION|BEGIN HIDDEN|MARK SCHEME", everything)


def test_its_links_lead_to_itself_and_those_to_the_site_stay(made):
    for path in retarget.files(made):
        found = ADDRESS.findall(text_of(path))
        assert set(found) == ({REPOSITORY} if path.name != "pyproject.toml" else set()), path
        for link in LINK.findall(prose(path)):
            assert (path.parent / link).exists(), f"{path}: {link}"
    assert retarget.address(made) == REPOSITORY
    circle = f"{retarget.site(retarget.address(ROOT))}playground.html#mission=circle"
    assert circle in text_of(made / "notebooks" / "01_the_adversarial_game.ipynb")


def test_what_leaks_is_found(copy):
    name = course.assignments(course.COURSE)[0]
    source = course.COURSE / "source" / name / f"{name}.ipynb"
    cells = course.read_notebook(course.COURSE / "source", name).cells
    hidden = next(
        line
        for cell in cells
        for line in cell.source.partition("### BEGIN HIDDEN TESTS\n")[2].splitlines()
        if len(line) > 60
    )
    checks = copy / "gan_helpers" / "checks.py"
    checks.write_text(f"{text_of(checks)}\n    {hidden}\n")
    shutil.copy(source, copy / "notebooks" / "exam.ipynb")
    (copy / "grades.csv").write_text("name\n")
    found = "\n".join(student_repo.find_leaks(course.COURSE, copy))
    assert re.search(
        rf"gan_helpers/checks.py: holds a hidden line of \w+: {re.escape(hidden.strip())}", found
    )
    assert 'notebooks/exam.ipynb: says "BEGIN' in found
    assert "grades.csv: is the teacher's" in found


def test_a_leak_is_refused_and_what_was_there_stays(copy, quick, monkeypatch):
    before = {path: (copy / path).read_bytes() for path in student_repo.files_of(copy)}
    everything = (*student_repo.PUBLIC, "notebooks/assignments/source/**/*")
    monkeypatch.setattr(student_repo, "PUBLIC", everything)
    with pytest.raises(student_repo.StudentRepoError, match="is the teacher's"):
        student_repo.make(ROOT, copy, REPOSITORY)
    assert {path: (copy / path).read_bytes() for path in student_repo.files_of(copy)} == before
    assert [path.name for path in copy.parent.iterdir()] == ["repo"]


def test_made_again_it_keeps_its_history_and_loses_what_is_gone(copy, quick):
    (copy / "gan_helpers" / "gone.py").write_text("")
    (copy / ".git" / "mark").write_text("")
    student_repo.make(ROOT, copy, "a-class/gan-2028", git=True)
    assert (copy / ".git" / "mark").exists() and not (copy / "gan_helpers" / "gone.py").exists()
    assert retarget.address(copy) == "a-class/gan-2028"


def test_other_folders_are_refused(tmp_path):
    (tmp_path / "thesis.tex").write_text("")
    for folder in (tmp_path, ROOT):
        with pytest.raises(student_repo.StudentRepoError, match="OUT must"):
            student_repo.make(ROOT, folder, REPOSITORY)
    with pytest.raises(ValueError, match="REPO must be OWNER/NAME"):
        student_repo.make(ROOT, tmp_path / "new", "nobody")
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_lone_notebook_of_it_installs_what_it_needs(made, tmp_path, monkeypatch):
    """As on Colab, the set-up cell of an assignment installs it, and that of a chapter finds it."""
    monkeypatch.delenv("PYTHONPATH", raising=False)
    python = test_lone_notebook.without_gan_helpers(tmp_path / "colab")
    github = tmp_path / "github" / REPOSITORY
    shutil.copytree(made, github)
    author = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"]
    for command in (["add", "."], [*author, "commit", "-qm", "published"]):
        subprocess.run(["git", *command], cwd=github, check=True)
    environment = {
        **os.environ,
        "GIT_CONFIG_COUNT": "1",  # git takes what is asked of GitHub from the folder
        "GIT_CONFIG_KEY_0": f"url.{(tmp_path / 'github').as_uri()}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
        "PIP_NO_DEPS": "1",
        "IPYTHONDIR": str(tmp_path / "ipython"),
    }
    place = "notebooks/assignments/release/generator_loss/generator_loss.ipynb"
    for name in (place, "notebooks/02_discriminator_loss.ipynb"):
        setup = next(
            cell.source for cell in nbformat.read(made / name, as_version=4).cells
            if cell.cell_type == "code"
        )  # fmt: skip
        assert f"git+https://github.com/{REPOSITORY}" in setup
        alone = tmp_path / name.replace("/", "-")
        alone.mkdir()
        (alone / "cell.ipy").write_text(f"{setup}\nimport gan_helpers\nprint(gan_helpers.__file__)")
        done = subprocess.run(
            [python, "-m", "IPython", "--no-banner", "cell.ipy"], cwd=alone, text=True,
            capture_output=True, env=environment,
        )  # fmt: skip
        assert str(tmp_path / "colab") in done.stdout, done.stdout + done.stderr
