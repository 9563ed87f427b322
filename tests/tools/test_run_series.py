"""`make run` and `make notebooks`: a failing notebook is reported, and nothing half-written."""

import subprocess
import sys
from pathlib import Path

from tools import execution, run_series

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

ROOT = Path(__file__).parents[2]

SAVE_GENERATOR = """import keras
generator = keras.Sequential(
    [keras.Input((13,)), keras.layers.Dense(784, "{activation}"), keras.layers.Reshape((28, 28, 1))]
)
import pathlib
pathlib.Path("saved").mkdir()
generator.save("saved/conditional_generator.keras")
import numpy
numpy.savez("saved/digits_without_labels.npz", x=numpy.zeros((2, 28, 28, 1)))"""


def project(folder, *sources):
    """A project in `folder` with one notebook for each list of code cells."""
    (folder / "notebooks").mkdir()
    for number, cells in enumerate(sources, start=1):
        notebook = new_notebook(cells=[new_markdown_cell("# Title"), *map(new_code_cell, cells)])
        nbformat.write(notebook, folder / "notebooks" / f"{number:02}_part.ipynb")
    return folder


def run(root, *names):
    command = [sys.executable, "-m", "tools.run_series", "--store", "--root", root, *names]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True)


def stored(root):
    return [path.read_text() for path in sorted((root / "notebooks").iterdir())]


@pytest.mark.parametrize(
    ("cell", "reason"),
    [("1 / 0", "ZeroDivisionError: division by zero"), ("import os; os._exit(1)", "died")],
)
def test_failing_cell_is_named_and_what_ran_is_kept(tmp_path, cell, reason):
    root = project(tmp_path, ["print('first')"], ["print('second')", cell, "print('never')"])
    before = stored(root)
    done = run(root)
    assert done.returncode == 1
    assert "02_part.ipynb, cell [2]:" in done.stderr and reason in done.stderr
    assert len(done.stderr.splitlines()) < 15
    kept = nbformat.read(root / "build" / "notebooks" / "02_part.ipynb", as_version=4)
    assert kept.cells[1].outputs[0].text == "second\n"
    assert (root / "build" / "html" / "01_part.html").exists()
    assert stored(root) == before


def test_a_name_that_ipython_does_not_know_is_a_failure(tmp_path):
    root = project(tmp_path, ["%tiem\nassert False"])
    done = run(root)
    assert done.returncode == 1 and "01_part.ipynb, cell [1]:" in done.stderr


def test_only_the_notebooks_named_run_and_are_stored(tmp_path):
    root = project(tmp_path, ["print('first')"], ["print('second')"], ["1 / 0"])
    first, second, third = stored(root)
    done = run(root, "02_part.ipynb")
    assert done.returncode == 0, done.stderr
    after = stored(root)
    assert [after[0], after[2]] == [first, third]
    assert nbformat.reads(after[1], as_version=4).cells[1].outputs[0].text == "second\n"
    assert not (root / "build" / "digits.npz").exists()  # the notebook that can draw did not run


def test_a_name_that_is_no_notebook_is_refused(tmp_path):
    root = project(tmp_path, ["print('first')"])
    done = run(root, "part")
    assert done.returncode == 1
    assert done.stderr.strip() == "NAME must be of 01_part, got part"


def test_the_kernel_finds_this_copy_of_gan_helpers(tmp_path):
    notebook = new_notebook(
        cells=[new_code_cell("import gan_helpers; print(gan_helpers.__file__)")]
    )
    execution.run_cells(notebook, "one", tmp_path, tmp_path / "kernel.log")
    assert notebook.cells[0].outputs[0].text.startswith(str(ROOT))


def test_series_without_a_generator_stores_nothing(tmp_path):
    root = project(tmp_path, ["print('first')"])
    before = stored(root)
    done = run(root)
    assert done.returncode == 1 and "conditional_generator.keras is missing" in done.stderr
    assert stored(root) == before


def test_series_stores_outputs_and_draws_digits(tmp_path):
    import numpy as np

    root = project(tmp_path, ["print('first')"], [SAVE_GENERATOR.format(activation="tanh")])
    before = [nbformat.reads(text, as_version=4) for text in stored(root)]
    done = run(root)
    assert done.returncode == 0, done.stderr
    after = [nbformat.reads(text, as_version=4) for text in stored(root)]
    for old, new in zip(before, after, strict=True):
        assert [cell.id for cell in old.cells] == [cell.id for cell in new.cells]
        assert new.cells[1].execution_count == 1
    assert after[0].cells[1].outputs[0].text == "first\n"
    with np.load(root / "build" / "digits.npz") as digits:
        x, y = digits["x"], digits["y"]
    assert y.tolist() == list(range(10)) * 500
    assert x.shape == (5000, 28, 28, 1) and x.dtype == np.float32
    assert -1 <= x.min() < x.max() <= 1
    picture = (root / "build" / "digits.png").read_bytes()
    assert picture.startswith(b"\x89PNG")
    assert (root / "images" / "digits.png").read_bytes() == picture


def test_digits_outside_their_range_are_an_error(tmp_path):
    root = project(tmp_path, [SAVE_GENERATOR.format(activation="exponential")])
    done = run(root)
    assert done.returncode == 1 and "must make samples (28, 28, 1) in [-1, 1]" in done.stderr
    assert not (root / "build" / "digits.npz").exists()


def test_what_belongs_to_the_machine_is_not_stored():
    widget = {run_series.WIDGET: {"model_id": "a1"}, "image/png": "AAAA", "text/plain": "words"}
    cell = new_code_cell("1", outputs=[new_output("display_data", widget)])
    cell.metadata["execution"] = {"iopub.status.busy": "now"}
    notebook = new_notebook(cells=[cell, new_markdown_cell("# Title")])
    notebook.metadata["widgets"] = {"state": {}}
    notebook.metadata["language_info"] = {"name": "python", "version": "3.11.7"}
    notebook.metadata["kernelspec"] = {"name": "mine", "display_name": "My own"}
    run_series.without_machine(notebook)
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert notebook.metadata.kernelspec.display_name == "Python 3"
    assert "version" not in notebook.metadata.language_info
    assert "execution" not in cell.metadata
    assert set(cell.outputs[0].data) == {"image/png", "text/plain"}
