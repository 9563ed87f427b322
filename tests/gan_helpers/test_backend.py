"""Another backend of Keras is refused in one line, and what Keras would not read is ignored."""

import json
import os
import subprocess
import sys

import pytest

NEEDS = "ImportError: gan_helpers needs Keras with the backend 'tensorflow', found "


def run(program, tmp_path, keras_json=None, home="HOME", **env):
    """Run a program with a home folder of its own; a stand-in for TensorFlow saves seconds."""
    folder = tmp_path if home == "KERAS_HOME" else tmp_path / ".keras"
    folder.mkdir(exist_ok=True)
    if keras_json is not None:
        (folder / "keras.json").write_text(keras_json)
    (tmp_path / "stand_in").mkdir()
    (tmp_path / "stand_in" / "tensorflow.py").write_text("print('TensorFlow is imported')\n")
    root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
    unset = ("KERAS_BACKEND", "KERAS_HOME")
    clean = {name: value for name, value in os.environ.items() if name not in unset}
    path = os.pathsep.join([*env.pop("path", [str(tmp_path / "stand_in")]), root])
    return subprocess.run(
        [sys.executable, "-c", program],
        env=clean | {home: str(tmp_path), "PYTHONPATH": path} | env,
        capture_output=True,
        text=True,
    )


def last_line(ran):
    return ran.stderr.splitlines()[-1]


def test_a_backend_in_the_environment_is_refused_before_anything_is_imported(tmp_path):
    ran = run("import gan_helpers", tmp_path, KERAS_BACKEND="jax")
    assert ran.returncode == 1 and ran.stdout == ""
    assert last_line(ran) == (
        f"{NEEDS}'jax' in the environment variable KERAS_BACKEND: set the environment variable "
        "KERAS_BACKEND=tensorflow before Keras is imported"
    )


@pytest.mark.parametrize("home", ["HOME", "KERAS_HOME"])
def test_a_backend_in_the_file_is_refused_with_its_place(tmp_path, home):
    ran = run("import gan_helpers", tmp_path, json.dumps({"backend": "torch"}), home)
    file = tmp_path / ("keras.json" if home == "KERAS_HOME" else ".keras/keras.json")
    assert ran.returncode == 1 and ran.stdout == ""
    assert last_line(ran).startswith(f"{NEEDS}'torch' in {file}: set the environment variable")


@pytest.mark.parametrize(
    ("keras_json", "env"),
    [
        (None, {}),
        (None, {"KERAS_BACKEND": ""}),
        (None, {"KERAS_BACKEND": "tensorflow"}),
        ('{"backend": "jax"}', {"KERAS_BACKEND": "tensorflow"}),
        ('{"floatx": "float32"}', {}),
        ("{ damaged", {}),
    ],
)
def test_tensorflow_is_taken_where_keras_takes_it(tmp_path, keras_json, env):
    ran = run("import gan_helpers", tmp_path, keras_json, **env)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "TensorFlow is imported\n", "")


def test_a_keras_that_is_imported_with_another_backend_is_refused(tmp_path):
    """Setting the variable then comes too late. No other backend is installed: a stand-in."""
    program = (
        "import os, sys, types\n"
        "config = types.SimpleNamespace(backend=lambda: 'jax')\n"
        "sys.modules['keras'] = types.SimpleNamespace(config=config)\n"
        "os.environ['KERAS_BACKEND'] = 'tensorflow'\n"
        "import gan_helpers"
    )
    ran = run(program, tmp_path)
    assert ran.returncode == 1 and ran.stdout == ""
    assert last_line(ran) == (
        f"{NEEDS}'jax' in the keras that is imported already: restart, with the environment "
        "variable KERAS_BACKEND=tensorflow"
    )


def test_a_keras_that_is_imported_with_tensorflow_is_taken(tmp_path):
    """Whatever the variable says by then."""
    program = "import os, keras; os.environ['KERAS_BACKEND'] = 'jax'; import gan_helpers; print(1)"
    ran = run(program, tmp_path, path=[])
    assert (ran.returncode, ran.stdout) == (0, "1\n"), ran.stderr
