"""The weights of a network inside the notebook that drew with it, so that they are handed in.

They are numbers alone: the network is built by the notebook's own code, and nothing that comes
out of a text can run. A number takes two bytes, as float16, and 2.7 characters of base64.
"""

import base64
import binascii
from pathlib import Path

import keras
import numpy as np

MOST_NUMBERS = 300_000
LONGEST = -(-MOST_NUMBERS * 2 // 3) * 4  # characters
KIND = np.dtype("<f2")


def text(network: keras.Model) -> str:
    """The weights of a network, also those that are not trained, as one line of base64.

    Raises:
        ValueError: they are more than `MOST_NUMBERS`, or one is not finite as float16.

    >>> one = keras.layers.Dense(1, kernel_initializer="ones")
    >>> text(keras.Sequential([keras.Input((1,)), one]))  # a kernel of 1 and a bias of 0
    'ADwAAA=='
    """
    weights = [np.ravel(weight) for weight in network.get_weights()]
    whole = np.concatenate([np.zeros(0), *weights])
    if whole.size > MOST_NUMBERS:
        raise ValueError(
            f"network has {whole.size:,} weights, of which a notebook may hold {MOST_NUMBERS:,}"
        )
    with np.errstate(over="ignore"):
        small = whole.astype(KIND)
    if not np.isfinite(small).all():
        worst = whole[~np.isfinite(small)][0]
        raise ValueError(f"network has the weight {worst:.5g}; float16 ends at 65,504")
    return base64.b64encode(small.tobytes()).decode()


def numbers(text: str) -> np.ndarray:
    """The weights of such a text, float32 (n,).

    Raises:
        TypeError: it is no text.
        ValueError: it is too long, damaged, empty, or holds a number that is not finite.

    >>> numbers("ADwAAA==")
    array([1., 0.], dtype=float32)
    """
    if not isinstance(text, str):
        raise TypeError(f"weights must be a text made by hand_in.keep, got a {type(text).__name__}")
    if len(text) > LONGEST:
        raise ValueError(
            f"weights must have at most {LONGEST:,} characters, for {MOST_NUMBERS:,} numbers, "
            f"got {len(text):,}"
        )
    try:
        whole = np.frombuffer(base64.b64decode(text, validate=True), KIND).astype(np.float32)
    except (binascii.Error, ValueError):
        raise ValueError(
            "weights is damaged: it must be the whole text that hand_in.keep made"
        ) from None
    if not whole.size or not np.isfinite(whole).all():
        raise ValueError("weights must hold numbers that are finite; were they when you kept them?")
    return whole


def load(network: keras.Model, numbers: np.ndarray) -> keras.Model:
    """Put weights into a network of the same shape; returns it.

    Args:
        network: as it was built for the training.
        numbers: float (n,), all its weights one after the other, as `numbers` gives them.

    Raises:
        ValueError: the network has more or fewer.
    """
    own = network.get_weights()
    if np.shape(numbers) != (sum(weight.size for weight in own),):
        raise ValueError(
            f"network has {sum(weight.size for weight in own):,} weights, but {np.size(numbers):,} "
            "were kept: is it built as it was when you trained, and with an Input?"
        )
    parts = np.split(np.asarray(numbers), np.cumsum([weight.size for weight in own])[:-1])
    network.set_weights([part.reshape(w.shape) for part, w in zip(parts, own, strict=True)])
    return network


def keep(network: keras.Model, name: str = "weights") -> None:
    """Keep the weights of a network in the notebook: the cell that calls this becomes their text.

    The first line of the cell stays. The new cell is also written to the file my_NAME.py, for a
    notebook program that does not change its cells.

    Raises:
        RuntimeError: it is not called by a cell of a notebook.
        ValueError: as `text` does.
    """
    from IPython.core.getipython import get_ipython

    shell = get_ipython()
    if shell is None:
        raise RuntimeError("hand_in.keep must be called in a cell of a notebook")
    found = text(network)
    first_line = shell.user_ns["In"][-1].split("\n")[0]
    cell = f'{first_line}\n{name} = "{found}"\n'
    Path(f"my_{name}.py").write_text(cell, encoding="utf-8")
    shell.user_ns[name] = found
    shell.set_next_input(cell, replace=True)
    print(
        f"{len(numbers(found)):,} numbers are kept. This cell now holds them as a text: save the "
        f"notebook, and do not run the cell as it was again. If it still looks as before, put what "
        f"stands in my_{name}.py in its place."
    )
