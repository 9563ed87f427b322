"""The half of a hidden test that runs beside the answers: it calls them, and records.

What comes back is data, see wire.py. No expected value is ever here, so that nothing in this
process is worth stealing; what an answer replaces or reads here can only change what is recorded.

Where an earlier question was answered wrongly, and has been judged, its solution stands in for
it while a later answer is called. It takes the student's own arguments, and gives its result in
the type of the student's own, so that a mistake costs its own points alone.

Of the package this file imports wire alone: the sandbox holds no more of it.
"""

import contextlib
import functools
import importlib
import inspect
import traceback
from collections.abc import Callable, Iterator
from typing import Any

from grading.run import wire

import numpy as np

LONGEST_TRACE = 20_000  # characters


class Probe:
    """Calls answers in the namespace of a notebook."""

    def __init__(self, namespace: dict[str, Any]) -> None:
        self.namespace = namespace
        self.samples: dict[str, Any] = {}  # name -> what the student's own function returned
        self.standing: dict[str, Callable] = {}

    def reply(self, message: bytes) -> bytes:
        """Call an answer as a message asks, and report what came out.

        The message is a dict with `name`, `inputs` and `options`; `through`, a function that
        calls the answer with the inputs, as ["import", module, name] or ["source", name, text];
        `stand_ins`, name -> source of a solution; and `withheld`, names of formulas that the
        answer may not call, see checks.own. The reply is {"value": ...}, or {"error":
        [type, message, traceback]}, or {"missing": name}.
        """
        try:
            request = wire.load(message, tensors=True)
            if request["name"] not in self.namespace:
                return wire.dump({"missing": request["name"]})
            with self.stand_ins(request["stand_ins"]), withheld(request["withheld"]):
                return wire.dump({"value": self.call(request)})
        except BaseException as error:  # whatever an answer raises, also SystemExit
            return wire.dump({"error": describe(error)})

    def call(self, request: dict[str, Any]) -> Any:
        """What the answer gives."""
        name, answer = request["name"], self.namespace[request["name"]]
        if request["through"] is None:
            value = answer(*request["inputs"], **request["options"])
            self.samples[name] = value
            return value
        return self.runner(*request["through"])(self.kept(name, answer), *request["inputs"])

    def kept(self, name: str, answer: Any) -> Any:
        """The answer, of whose results the last one is kept."""
        if not callable(answer):
            return answer

        def call(*inputs, **options):
            value = self.samples[name] = answer(*inputs, **options)
            return value

        return call

    def runner(self, kind: str, *where: str) -> Callable:
        """The function that calls the answer."""
        if kind == "import":
            return getattr(importlib.import_module(where[0]), where[1])
        space = dict(self.namespace)
        exec(where[1], space)
        return space[where[0]]

    @contextlib.contextmanager
    def stand_ins(self, sources: dict[str, str]) -> Iterator[None]:
        """Put right functions in the place of wrong ones while the block runs."""
        own = {name: self.namespace[name] for name in sources if name in self.namespace}
        for name, source in sources.items():
            if name not in self.standing:
                space = {**self.namespace, **self.standing}
                exec(source, space)
                self.standing[name] = fitted(space[name], own.get(name), self.samples.get(name))
        self.namespace.update({name: self.standing[name] for name in sources})
        try:
            yield
        finally:
            for name in sources:
                self.namespace.pop(name, None)
            self.namespace.update(own)


def withheld(names: list[str]) -> contextlib.AbstractContextManager:
    """Keep an answer from calling what answers its question."""
    if not names:
        return contextlib.nullcontext()
    return importlib.import_module("gan_helpers.checks").withheld(names)


def fitted(right: Callable, own: Any, sample: Any) -> Callable:
    """A function that is called as `own` may be, and returns what `right` does, as `sample` is."""
    count = len(inspect.signature(right).parameters)

    @functools.wraps(right)
    def stand_in(*inputs, **options):
        with contextlib.suppress(TypeError, ValueError):  # no signature, or not called like that
            bound = inspect.signature(own).bind(*inputs, **options)
            bound.apply_defaults()
            inputs, options = tuple(bound.arguments.values())[:count], {}
        return as_sample(right(*inputs, **options), sample)

    return stand_in


def as_sample(value: Any, sample: Any) -> Any:
    """A value in the type of another: a tensor, an array, Python's own number."""
    if isinstance(sample, tuple | list) and isinstance(value, tuple | list):
        if len(sample) == len(value):
            return type(value)(as_sample(*pair) for pair in zip(value, sample, strict=True))
        return value
    numbers = value.numpy() if callable(getattr(value, "numpy", None)) else value
    try:
        if callable(getattr(sample, "numpy", None)):
            import tensorflow as tf

            if tf.is_tensor(value):  # stays one, with the gradient that a tape asks for
                # The tests' last logits are float64: float32 is the answer's own choice.
                return value if sample.dtype == tf.float64 else tf.cast(value, sample.dtype)
            return tf.convert_to_tensor(np.asarray(numbers, sample.numpy().dtype))
        if isinstance(sample, float | int) and not isinstance(sample, np.generic):
            return float(numbers)
        if isinstance(sample, np.ndarray | np.generic):
            return np.asarray(numbers)[()]
    except (TypeError, ValueError):
        pass
    return value


def describe(error: BaseException) -> list[str]:
    """An error as texts: its type, its message, and where in the student's cells it arose."""
    try:
        message = str(error)
    except Exception:
        message = "an error that cannot be shown"
    lines = traceback.extract_tb(error.__traceback__)
    own = [line for line in lines if not line.filename.startswith((__file__, wire.__file__))]
    try:
        text = "".join(traceback.format_list(own[-20:]))
    except Exception:
        text = ""
    kind = type(error).__name__
    return [kind, message[:LONGEST_TRACE], f"{text[-LONGEST_TRACE:]}{kind}: {message}"]
