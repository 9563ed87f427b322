"""A notebook alone in an empty folder, as on Colab: its first cell installs what it needs."""

import os
import re
import shutil
import subprocess
import sysconfig
import venv
from pathlib import Path

from tools.retarget import address

import nbformat

ROOT = Path(__file__).parents[2]
NAME = "01_the_adversarial_game"


def published(folder):
    """The project as a git repository in `folder`, in the place of the one on GitHub."""
    repository = folder / address(ROOT)
    repository.mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, repository)
    shutil.copytree(ROOT / "gan_helpers", repository / "gan_helpers")
    author = ["-c", "user.name=test", "-c", "user.email=test@example.invalid"]
    for command in (["init", "-q"], ["add", "."], [*author, "commit", "-qm", "published"]):
        subprocess.run(["git", *command], cwd=repository, check=True)
    return {  # git then takes what is asked of GitHub from `folder`
        "GIT_CONFIG_COUNT": "1",
        "GIT_CONFIG_KEY_0": f"url.{folder.as_uri()}/.insteadOf",
        "GIT_CONFIG_VALUE_0": "https://github.com/",
    }


def without_gan_helpers(folder):
    """A Python that has the packages of this one, but for the project itself."""
    venv.create(folder, with_pip=True)
    python = folder / "bin" / "python"
    place = subprocess.check_output(
        [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"], text=True
    )
    # The project is installed by a .pth file, and those are not read along such a path.
    Path(place.strip(), "packages.pth").write_text(sysconfig.get_path("purelib"))
    probe = (
        "import importlib.util as u; print(bool(u.find_spec('keras')), u.find_spec('gan_helpers'))"
    )
    found = subprocess.check_output([python, "-c", probe], cwd=folder, text=True)
    assert found.split() == ["True", "None"]
    return python


def printed(notebook):
    """What each code cell prints, but for the approximate value of a claim."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    texts = ["".join(o.text for o in cell.outputs if o.get("name") == "stdout") for cell in cells]
    return [re.sub(r"≈ \S+", "≈", text) for text in texts]


def test_a_lone_notebook_installs_the_project_and_runs_to_its_end(tmp_path):
    python = without_gan_helpers(tmp_path / "colab")
    alone = tmp_path / "alone"
    alone.mkdir()
    shutil.copy(ROOT / "notebooks" / f"{NAME}.ipynb", alone)
    notebook = nbformat.read(alone / f"{NAME}.ipynb", as_version=4)
    stored = printed(notebook)
    run = [python, "-m", "nbconvert", "--to", "notebook", "--execute", "--inplace", f"{NAME}.ipynb"]
    environment = {
        **{key: value for key, value in os.environ.items() if key != "PYTHONPATH"},
        **published(tmp_path / "github"),
        # A kernel of this Python alone, not one that is set up for the user.
        "JUPYTER_PATH": "",
        "JUPYTER_DATA_DIR": str(tmp_path / "data"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "runtime"),
    }
    done = subprocess.run(run, cwd=alone, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-2000:]
    ran = nbformat.read(alone / f"{NAME}.ipynb", as_version=4)
    assert printed(ran)[1:] == stored[1:]  # but for what pip says
    where = [python, "-c", "import gan_helpers; print(gan_helpers.__file__)"]
    assert str(tmp_path / "colab") in subprocess.check_output(where, cwd=alone, text=True)
