"""A public repository for students beside a teacher's private one: build/student-repo/.

Colab opens no notebook of a private fork. So students get a repository of their own, made from
the teacher's: chapters, assignments without solutions, gan_helpers, and what installs them.
Badges and set-up cells point to it: python -m tools.student_repo OWNER/NAME [--git]
"""

import argparse
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from grading.course import CourseError, assignments, graded_cells, read_notebook
from grading.leaks import SECRET, leaks, public_lines, secret_lines
from grading.release import fresh_release
from tools import retarget
from tools.files import write_whole

import nbformat

ROOT = Path(__file__).resolve().parent.parent
README = Path(__file__).resolve().with_name("student_readme.md")
COURSE = Path("notebooks", "assignments")
# Named one by one, so that what a teacher keeps beside them stays at home.
PUBLIC = (
    *("LICENSE", "CITATION.cff", "environment.yml", "pyproject.toml", "requirements.lock"),
    *(".gitignore", "images/*", "gan_helpers/**/*", "notebooks/notation.md", "notebooks/field.md"),
    *("notebooks/[0-9][0-9]_*.ipynb", "notebooks/zh/[0-9][0-9]_*.ipynb", "notebooks/zh/*.md"),
)
COLAB = "https://colab.research.google.com/github"


class StudentRepoError(RuntimeError):
    """The repository cannot be made; the message says why, and nothing has been written."""


def make(root: Path, out: Path, repository: str, git: bool = False) -> list[Path]:
    """Write the students' repository; returns its files. A .git folder in `out` is kept.

    repository: OWNER/NAME on GitHub, to which badges and set-up cells point. Links to the web
    site stay as they are, for the students' repository has none.

    Raises:
        StudentRepoError: `out` holds something else, or something leaks; with all leaks.
        CourseError: as `fresh_release` does.
        ValueError: `repository` is not OWNER/NAME.
    """
    check_target(out)
    retarget.check_name(repository)
    unfinished = out.with_name(f".{out.name}.unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    try:
        with fresh_release(root / COURSE) as release:
            copy_public(root, unfinished)
            shutil.copytree(release, unfinished / COURSE / "release")
        write_whole(unfinished / "README.md", readme(root, unfinished))
        point_to(unfinished, repository)
        if found := list(find_leaks(root / COURSE, unfinished)):
            raise StudentRepoError("\n".join(["Nothing was written, because", *found]))
        put_in_place(unfinished, out)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)
    if git and not (out / ".git").exists():
        subprocess.run(["git", "init", "--quiet", "--initial-branch=main"], cwd=out, check=True)
    return files_of(out)


def check_target(out: Path) -> None:
    """Refuse a folder that holds anything but a students' repository.

    Raises:
        StudentRepoError: it does.
    """
    if out.exists() and any(out.iterdir()) and not (out / "gan_helpers").is_dir():
        inside = {path.name for path in out.iterdir()} - {".git"}
        if inside:
            raise StudentRepoError(f"OUT must be empty or a students' repository, got {out}")
    if (out / COURSE / "source").exists():
        raise StudentRepoError(f"OUT must not be a teacher's repository, got {out}")


def copy_public(root: Path, folder: Path) -> None:
    """Copy what students get, except for the assignments."""
    for pattern in PUBLIC:
        for path in sorted(root.glob(pattern)):
            place = path.relative_to(root)
            if path.is_file() and not {"__pycache__", ".ipynb_checkpoints"} & set(place.parts):
                (folder / place).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(path, folder / place)


def point_to(folder: Path, repository: str) -> None:
    """Point all but the links to the web site to another repository."""
    old = retarget.address(folder)
    for path in retarget.retarget(folder, repository):
        text = path.read_text(encoding="utf-8")
        write_whole(path, text.replace(retarget.site(repository), retarget.site(old)))


def readme(root: Path, folder: Path) -> str:
    """The students' README: the tables of chapters and assignments, and how to install."""
    text = (root / "README.md").read_text(encoding="utf-8")
    table = re.search(r"^\| notebook \|.*?(?=\n\n)", text, re.MULTILINE | re.DOTALL)
    if table is None:
        raise StudentRepoError("README.md must hold a table that begins with | notebook |")
    rows = []
    for path in sorted((folder / COURSE / "release").glob("*/*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        title = notebook.cells[0].source.splitlines()[0].lstrip("# ")
        points = sum(cell.metadata.nbgrader.points for cell in graded_cells(notebook))
        place = path.relative_to(folder).as_posix()
        colab = f"{COLAB}/{retarget.address(root)}/blob/main/{place}"
        rows.append(f"| [{title}]({place}) | {points:g} | [Open in Colab]({colab}) |")
    head = ["| assignment | points | open in |", "| --- | --- | --- |"]
    own = "\n".join([*head, *sorted(rows)])
    return README.read_text(encoding="utf-8").format(chapters=table[0], assignments=own)


def files_of(folder: Path) -> list[Path]:
    """All files below a folder, except for git's own."""
    paths = (path.relative_to(folder) for path in sorted(folder.rglob("*")) if path.is_file())
    return [path for path in paths if path.parts[0] != ".git"]


def find_leaks(course: Path, folder: Path) -> Iterator[str]:
    """What must not be public: solutions in a release, hidden tests and marks in any file.

    What a solution says may stand in a chapter, which teaches it, and in gan_helpers.
    """
    hidden: dict[str, str] = {}
    shown: set[str] = set()  # what one assignment hides and another one says is no secret
    for name in assignments(course):
        source = read_notebook(course / "source", name)
        path = COURSE / "release" / name / f"{name}.ipynb"
        release = read_notebook(folder / COURSE / "release", name)
        yield from (f"{path}: {leak}" for leak in leaks(source, release))
        for cell in source.cells:
            lines = (line for line, kind in secret_lines(cell.source) if kind != "solution")
            hidden |= dict.fromkeys(lines, name)
            shown |= public_lines(cell.source)
    for path in files_of(folder):
        if "source" in path.parts or path.suffix in (".db", ".csv"):
            yield f"{path}: is the teacher's"
        text = (folder / path).read_bytes().decode("utf-8", "replace")
        if path.suffix == ".ipynb":
            text = "\n".join(cell.source for cell in nbformat.reads(text, as_version=4).cells)
        if mark := SECRET.search(text):
            yield f'{path}: says "{mark[0]}"'
        found = {line.strip() for line in text.splitlines()} & (set(hidden) - shown)
        yield from (f"{path}: holds a hidden line of {hidden[line]}: {line}" for line in found)


def put_in_place(new: Path, out: Path) -> None:
    """Put a folder in the place of another, whose .git stays."""
    out.mkdir(parents=True, exist_ok=True)
    for path in out.iterdir():
        if path.is_dir() and path.name != ".git" and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != ".git":
            path.unlink()
    shutil.copytree(new, out, dirs_exist_ok=True)


def main() -> None:
    """Read the command line, and write the repository."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("repository", help="OWNER/NAME on GitHub, public")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project (default: this one)")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "student-repo")
    parser.add_argument("--git", action="store_true", help="make it a git repository")
    arguments = parser.parse_args()
    out, repository = arguments.out.resolve(), arguments.repository
    try:
        count = len(make(arguments.root.resolve(), out, repository, arguments.git))
    except (CourseError, StudentRepoError, ValueError) as error:
        sys.exit(str(error))
    print(f"{count} files for students, with links to {repository}: {out}")
    print(f"To publish them: cd {out}, git add --all, git commit, and push to {repository}.")


if __name__ == "__main__":
    main()
