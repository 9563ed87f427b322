"""What students get: each release, made from its source and searched for leaks."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from grading.course import (
    ROOT,
    CourseError,
    assignments,
    generate_release,
    read_notebook,
    read_settings,
)
from grading.files import IGNORED, folder_contents, replace_folder
from grading.leaks import leaks, module_leaks

import nbformat
from nbformat import NotebookNode

NOTEBOOK_METADATA = {"kernelspec", "language_info"}
IMPORTED = ROOT / "gan_helpers" / "checks.py"  # which the tests of every assignment import


def make_release(course: Path) -> list[str]:
    """Make release/ anew from source/; returns the names whose release changed.

    Nothing is written if anything leaks.

    Raises:
        CourseError: as `fresh_release` does.
    """
    with fresh_release(course) as fresh:
        changed = [name for name in assignments(course) if is_stale(course, fresh, name)]
        old = {path.name for path in (course / "release").glob("*") if path.is_dir()}
        for name in sorted(old - set(assignments(course))):
            shutil.rmtree(course / "release" / name)
            changed.append(name)
        for name in changed:
            if (fresh / name).exists():
                replace_folder(fresh / name, course / "release" / name)
        return changed


@contextlib.contextmanager
def fresh_release(course: Path, imported: Path = IMPORTED) -> Iterator[Path]:
    """A folder with the release of every assignment, made and checked; gone after the block.

    imported: the module of which no line may give a solution away.

    Raises:
        CourseError: nbgrader refuses a source, or something leaks; with all leaks.
    """
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        shutil.copytree(course / "source", root / "source", ignore=IGNORED)
        settings = read_settings(course)
        found: list[str] = []
        for name in assignments(course):
            generate_release(root, name, settings)
            path = root / "release" / name / f"{name}.ipynb"
            source = read_notebook(root / "source", name)
            notebook = portable(nbformat.read(path, as_version=4))
            found += [f"{name}: {leak}" for leak in leaks(source, notebook)]
            found += [f"{name}: {leak}" for leak in module_leaks(source, imported)]
            nbformat.write(notebook, path)
        if found:
            raise CourseError("\n".join(["release/ was not written, because", *found]))
        yield root / "release"


def portable(notebook: NotebookNode) -> NotebookNode:
    """A notebook whose file is the same on every machine."""
    notebook.metadata = NotebookNode(
        {key: value for key, value in notebook.metadata.items() if key in NOTEBOOK_METADATA}
    )
    notebook.metadata.get("language_info", {}).pop("version", None)
    return notebook


def is_stale(course: Path, fresh: Path, name: str) -> bool:
    """Whether release/NAME differs from what would be made of source/NAME now."""
    return folder_contents(course / "release" / name) != folder_contents(fresh / name)
