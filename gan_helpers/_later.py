"""Lets parts of Keras that the series does not use wait until somebody uses them.

`import tensorflow` imports all of Keras, and two parts of it import scikit-learn and pyplot where
they are installed: a third of the wait.
"""

import contextlib
import importlib.abc
import sys
from collections.abc import Iterator
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType

_PARTS = {
    f"{keras}.{part}"
    for keras in ("keras", "keras._tf_keras.keras", "keras.src")
    for part in ("visualization", "wrappers")
}


@contextlib.contextmanager
def unused_parts_of_keras_later() -> Iterator[None]:
    """While this lasts, an import of Keras leaves out the parts that the series does not use.

    They stand where they always do, and load when they are first asked for something.
    """
    sys.meta_path.insert(0, _Finder)
    try:
        yield
    finally:
        sys.meta_path.remove(_Finder)


class _Finder:
    """Finds those parts where Python does, and lets them wait."""

    @staticmethod
    def find_spec(name: str, path=None, target=None) -> ModuleSpec | None:
        spec = PathFinder.find_spec(name, path, target) if name in _PARTS else None
        if spec and spec.loader:
            spec.loader = _Loader(spec.loader)
        return spec


class _Loader(importlib.abc.Loader):
    """Loads a module when it is asked for a name that it lacks.

    importlib.util.LazyLoader loads it for any attribute, so that `inspect`, which asks each module
    for its file, would load them all; AutoGraph calls it in the first step of a training.
    """

    def __init__(self, loader: importlib.abc.Loader):
        self.loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self.loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        def load() -> None:
            del module.__getattr__, module.__dir__
            self.loader.exec_module(module)

        def attribute(name: str):
            if name.startswith("__") and name != "__all__":  # which `import *` asks for
                raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")
            load()
            return getattr(module, name)

        def names() -> list[str]:
            load()
            return dir(module)

        vars(module).update(__getattr__=attribute, __dir__=names)  # PEP 562
