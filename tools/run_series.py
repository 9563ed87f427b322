"""Run the whole series top to bottom, render its pages and draw digits with its generator.

Everything is written under build/. With --store, for maintainers, the outputs also go back
into notebooks/, once all notebooks have run. With names, only these notebooks run:
python -m tools.run_series --store 02_discriminator_loss
"""

import argparse
import io
import shutil
import sys
import time
from collections.abc import Sequence
from pathlib import Path

try:
    from tools.execution import NotebookError, run_cells
    from tools.reading import read_notebook

    import nbformat
    from nbconvert import HTMLExporter
    from traitlets.config import Config
except ImportError as error:
    sys.exit(f"{error.name} is missing: run `make run`, or pip install -e '.[lab]'")

from tools.files import write_whole

ROOT = Path(__file__).resolve().parent.parent
TEMPLATES = Path(__file__).resolve().parent
SAMPLES = 5000
WITHOUT_LABELS = "digits_without_labels.npz"
WIDGET = "application/vnd.jupyter.widget-view+json"


def execute(path: Path, log: Path) -> float:
    """Execute a notebook in place, in a fresh kernel, and return the seconds it took.

    What has been executed is kept in the file also when a cell fails.

    Raises:
        NotebookError: as `run_cells`.
    """
    notebook = read_notebook(path)
    start = time.perf_counter()
    try:
        run_cells(notebook, path.name, folder=path.parent, log=log)
    finally:
        write_notebook(path, notebook)
    return time.perf_counter() - start


def write_notebook(path: Path, notebook: nbformat.NotebookNode) -> None:
    """Write a notebook whole, in the form in which the series is stored."""
    write_whole(path, nbformat.writes(notebook).rstrip("\n") + "\n")


def write_page(path: Path, folder: Path) -> None:
    """Render an executed notebook as HTML, with a picture where a widget would need a kernel."""
    priority = HTMLExporter().config.NbConvertBase.display_data_priority
    config = Config()
    config.NbConvertBase.display_data_priority = ["image/png", *priority]
    config.HTMLExporter.extra_template_basedirs = [str(TEMPLATES)]
    config.HTMLExporter.template_name = "page"
    page, _ = HTMLExporter(config=config).from_filename(str(path))
    (folder / f"{path.stem}.html").write_text(page, encoding="utf-8")


def without_machine(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """Remove, in place, what differs from run to run or from machine to machine."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["kernelspec"] = {
        "display_name": "Python 3",
        "language": "python",
        "name": "python3",
    }
    notebook.metadata["language_info"] = {"name": "python"}
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        for output in cell.get("outputs", []):
            # A stored widget points to a model that went away with its kernel: without the
            # pointer, a reader who has not run the cell sees picture and words and no error.
            if "text/plain" in output.get("data", {}):
                output.data.pop(WIDGET, None)
    return notebook


def draw_digits(generator_path: Path, folder: Path) -> None:
    """Write digits.npz (5,000 samples, 0 to 9 in turn) and digits.png into `folder`.

    Raises:
        NotebookError: there is no generator, or it does not make 28 x 28 images in [-1, 1].
    """
    if not generator_path.is_file():
        raise NotebookError(f"{generator_path.name} is missing: notebook 05 should have saved it")

    from gan_helpers import pictures

    import keras
    import numpy as np

    generator = keras.saving.load_model(generator_path, compile=False)
    labels = np.arange(SAMPLES) % 10
    z = np.random.default_rng(0).standard_normal((SAMPLES, generator.input_shape[-1] - 10))
    inputs = np.hstack([z, np.eye(10)[labels]]).astype("float32")
    images = generator.predict(inputs, batch_size=500, verbose=0).astype("float32")
    if images.shape != (SAMPLES, 28, 28, 1) or not (np.abs(images) <= 1).all():
        raise NotebookError(
            f"{generator_path.name} must make samples (28, 28, 1) in [-1, 1], but it made "
            f"{images.shape[1:]} in [{images.min():.3g}, {images.max():.3g}]"
        )

    digits = io.BytesIO()
    np.savez_compressed(digits, x=images, y=labels)
    write_whole(folder / "digits.npz", digits.getvalue())
    figure = pictures.image_grid(
        images[:120],
        columns=20,
        titles=["Drawn by the generator of notebook 05, none of them selected"],
        alt="Grid of 120 generated handwritten digits, white on black: 6 rows of 0 to 9 twice",
    )
    write_whole(folder / "digits.png", figure.png())


def store(executed: list[Path], notebooks: Path) -> None:
    """Replace the notebooks by the executed ones."""
    for path in executed:
        notebook = without_machine(read_notebook(path))
        write_notebook(notebooks / path.name, notebook)


def chosen(root: Path, names: Sequence[str]) -> list[Path]:
    """The notebooks of the project with these names, or all of the series; in its order.

    Raises:
        NotebookError: there is no such notebook, or none at all.
    """
    series = {path.stem: path for path in sorted((root / "notebooks").glob("[0-9][0-9]_*.ipynb"))}
    if not series:
        raise NotebookError(f"no notebooks in {root / 'notebooks'}")
    wanted = {name.removesuffix(".ipynb") for name in names} or set(series)
    if unknown := sorted(wanted - set(series)):
        raise NotebookError(f"NAME must be of {', '.join(series)}, got {', '.join(unknown)}")
    return [path for name, path in series.items() if name in wanted]


def run(root: Path, keep: bool, names: Sequence[str] = ()) -> None:
    """Run the series of the project at `root`, or the notebooks named; with `keep`, store them."""
    sources = chosen(root, names)
    build = root / "build"
    copies, pages = build / "notebooks", build / "html"
    for folder in (copies, pages):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    (build / "kernel.log").unlink(missing_ok=True)

    executed, total = [], 0.0
    for source in sources:
        executed.append(Path(shutil.copy(source, copies)))
        print(f"{source.stem:<40}", end="", flush=True)
        seconds = execute(executed[-1], build / "kernel.log")
        total += seconds
        print(f"{seconds:6.1f} s", flush=True)
        write_page(executed[-1], pages)
    print(f"{'in total':<40}{total:6.1f} s", flush=True)

    generator = copies / "saved" / "conditional_generator.keras"
    draws = generator.is_file() or not names
    if draws:
        draw_digits(generator, build)
    unlabelled = copies / "saved" / WITHOUT_LABELS
    if unlabelled.is_file():
        shutil.copy(unlabelled, build)
    elif not names:
        raise NotebookError(f"{WITHOUT_LABELS} is missing: notebook 08 should have saved it")
    if keep:
        store(executed, root / "notebooks")
        print("Stored the outputs in notebooks/")
    print("Pages to read:   build/html/")
    if unlabelled.is_file():
        print(f"Without labels:  build/{WITHOUT_LABELS}, x with images in [-1, 1]")
    if not draws:
        return
    if keep:
        (root / "images").mkdir(exist_ok=True)
        shutil.copy(build / "digits.png", root / "images")
        print("Stored the digits in images/digits.png")
    print("Digits to see:   build/digits.png")
    print(f"Digits to use:   build/digits.npz, x with {SAMPLES:,} images in [-1, 1], y with labels")


def main() -> None:
    """Read the command line and run the series."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help="only these notebooks")
    parser.add_argument("--store", action="store_true", help="write outputs back to notebooks/")
    parser.add_argument("--root", type=Path, default=ROOT, help="the project (default: this one)")
    arguments = parser.parse_args()
    try:
        run(arguments.root.resolve(), arguments.store, arguments.names)
    except NotebookError as error:
        sys.exit(f"\n{error}")
    except KeyboardInterrupt:
        sys.exit("\nStopped; what had been executed is in build/notebooks/")


if __name__ == "__main__":
    main()
