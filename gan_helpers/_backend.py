"""Refuses another backend of Keras than TensorFlow, before Keras tries to import it."""

import json
import os
import sys
from pathlib import Path


def require_tensorflow_backend() -> None:
    """Say in one line how to choose TensorFlow, if Keras is set to another backend.

    Raises:
        ImportError: Keras is imported already, or would be imported, with another backend.
    """
    if "keras" in sys.modules:  # what it was imported with counts, not what is set by now
        keras = sys.modules["keras"]
        found, where = keras.config.backend(), "in the keras that is imported already"
        how = "restart, with the environment variable KERAS_BACKEND=tensorflow"
    else:
        found, where = _configured()
        how = "set the environment variable KERAS_BACKEND=tensorflow before Keras is imported"
    if found != "tensorflow":
        raise ImportError(
            f"gan_helpers needs Keras with the backend 'tensorflow', found {found!r} {where}: {how}"
        )


def _configured() -> tuple[str, str]:
    """The backend that Keras will take, and where that is set: in the order of Keras itself."""
    if backend := os.environ.get("KERAS_BACKEND"):
        return backend, "in the environment variable KERAS_BACKEND"
    home = os.path.expanduser("~")
    folder = Path(home if os.access(home, os.W_OK) else "/tmp", ".keras")
    file = Path(os.environ.get("KERAS_HOME", folder)).expanduser() / "keras.json"
    try:
        return json.loads(file.read_text()).get("backend", "tensorflow"), f"in {file}"
    except (OSError, ValueError):  # no file, or one that Keras ignores
        return "tensorflow", ""
