"""What goes between the process of an answer and the process that judges it: data, never code.

A message is an npz file, NumPy's zip of arrays, stored without compression and read without
pickle. Its member `tree.npy` holds JSON, as bytes: null, booleans, numbers and texts stand for
themselves; all else is a list whose first item is its kind:

    ["array", n]          the member n.npy, of booleans or numbers
    ["tensor", n]         the same; for an answer it becomes a TensorFlow tensor
    ["list", a, b, ...]   and ["tuple", a, b, ...]
    ["dict", [key, value], ...]
    ["other", name of its type, text]

This file imports nothing of the package, for it lies in the sandbox as well.
"""

import io
import json
import math
import zipfile
from typing import Any, NamedTuple

import numpy as np

LARGEST = 64 * 2**20  # bytes of a message
MOST_PARTS = 5_000  # arrays, lists and their items
DEEPEST = 8  # lists in lists
LONGEST_TEXT = 20_000  # characters
LARGEST_INTEGER = 2**63
PLAIN = (bool, float, str, type(None))


class WireError(ValueError):
    """This is no message, or one beyond the limits; the message says in which way."""


class Other(NamedTuple):
    """Stands for a value that is no data."""

    kind: str
    text: str

    def __repr__(self) -> str:
        return self.text


def dump(value: Any) -> bytes:
    """A value as a message. What is no data goes as its type and text.

    Raises:
        WireError: it is beyond the limits.
    """
    arrays: list[np.ndarray] = []
    tree = json.dumps(_pack(value, arrays, [MOST_PARTS], DEEPEST)).encode()
    if sum(array.nbytes for array in arrays) + len(tree) > LARGEST:
        raise WireError(f"more than {LARGEST // 2**20} MiB of data")
    file = io.BytesIO()
    members = {str(number): array for number, array in enumerate(arrays)}
    np.savez(file, allow_pickle=False, tree=np.frombuffer(tree, np.uint8), **members)
    return file.getvalue()


def _pack(value: Any, arrays: list[np.ndarray], left: list[int], depth: int) -> Any:
    """The tree of a value, whose arrays are added to `arrays`."""
    left[0] -= 1
    if left[0] < 0 or depth < 0:
        raise WireError("too many parts, or lists too deep in lists")
    if isinstance(value, str):  # NumPy's too, as plain text
        return str.__str__(value)[:LONGEST_TEXT].encode("utf-8", "replace").decode()
    if type(value) in PLAIN or (type(value) is int and abs(value) < LARGEST_INTEGER):
        return value
    if isinstance(value, list | tuple):
        kind = "tuple" if isinstance(value, tuple) else "list"
        return [kind, *(_pack(item, arrays, left, depth - 1) for item in value)]
    if isinstance(value, dict):
        items = ([str(key), _pack(v, arrays, left, depth - 1)] for key, v in value.items())
        return ["dict", *items]
    return _pack_array(value, arrays)


def _pack_array(value: Any, arrays: list[np.ndarray]) -> list:
    numpy = getattr(value, "numpy", None)
    try:
        array = np.asarray(numpy() if callable(numpy) else value)
        if array.dtype.kind == "V" and array.dtype.names is None:  # bfloat16
            array = array.astype(np.float32)
    except Exception:  # whatever an object does that is asked for its numbers
        array = np.asarray(None)
    if array.dtype.kind not in "biufc":
        return ["other", type(value).__name__, repr(value)[:200]]
    arrays.append(array)
    return ["array" if numpy is None else "tensor", len(arrays) - 1]


def load(message: bytes, tensors: bool = False) -> Any:
    """The value of a message.

    tensors: make TensorFlow's tensors of what went as such; else NumPy's arrays.

    Raises:
        WireError: it is no message, or one beyond the limits.
    """
    if len(message) > 2 * LARGEST:
        raise WireError(f"more than {LARGEST // 2**20} MiB of data")
    try:
        with zipfile.ZipFile(io.BytesIO(message)) as archive:
            members = archive.infolist()
            if len(members) > MOST_PARTS + 1:
                raise WireError("too many arrays")
            if any(member.compress_type != zipfile.ZIP_STORED for member in members):
                raise WireError("compressed")
            found = {member.filename: _array(archive.read(member)) for member in members}
        tree = json.loads(found["tree.npy"].tobytes())
        return _unpack(tree, found, tensors, [MOST_PARTS], DEEPEST)
    except WireError:
        raise
    except Exception as error:
        raise WireError(f"no message: {type(error).__name__}") from None


def _array(member: bytes) -> np.ndarray:
    """An array of booleans or numbers, whose size is what its header says."""
    file = io.BytesIO(member)
    if np.lib.format.read_magic(file) != (1, 0):
        raise WireError("an array of another format")
    shape, by_columns, dtype = np.lib.format.read_array_header_1_0(file)
    data = member[file.tell() :]
    if dtype.kind not in "biufc" or math.prod(shape) * dtype.itemsize != len(data):
        raise WireError("an array that is not what it says")
    return np.frombuffer(data, dtype).reshape(shape, order="F" if by_columns else "C").copy()


def _unpack(tree: Any, found: dict, tensors: bool, left: list[int], depth: int) -> Any:
    left[0] -= 1
    if left[0] < 0 or depth < 0:
        raise WireError("too many parts, or lists too deep in lists")
    if not isinstance(tree, list):
        if type(tree) not in (*PLAIN, int):
            raise WireError("a part of no kind")
        return tree
    kind, *items = tree
    if kind in ("list", "tuple"):
        made = [_unpack(item, found, tensors, left, depth - 1) for item in items]
        return made if kind == "list" else tuple(made)
    if kind == "dict":
        return {str(key): _unpack(v, found, tensors, left, depth - 1) for key, v in items}
    if kind == "other":
        return Other(str(items[0]), str(items[1]))
    if kind not in ("array", "tensor"):
        raise WireError("a part of no kind")
    array = found[f"{int(items[0])}.npy"]
    if kind == "tensor" and tensors:
        import tensorflow as tf

        return tf.convert_to_tensor(array)
    return array[()]  # one number as such
