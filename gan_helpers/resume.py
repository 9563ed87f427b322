"""Going on with a training exactly: what must be the same, what is saved and taken back.

Keras's BackupAndRestore keeps weights and moments, but not the random states of layers such as
dropout; a GAN counts those among its own weights, so that it works with `GAN.fit`. This is more,
because BackupAndRestore overwrites its one save in place, does not notice a damaged file or other
settings, forgets history and snapshots, and deletes the save once training ends.
"""

import hashlib
import inspect
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from gan_helpers.batches import positive
from gan_helpers.callbacks import Snapshots
from gan_helpers.inputs import Data
from gan_helpers.saves import Saves
from gan_helpers.settings import functions_of

import keras
import numpy as np
import tensorflow as tf


def fingerprint_of_function(name: str, function: Callable) -> str:
    """What tells a function from another one: its source and its defaults.

    Raises:
        ValueError: a lambda, an object, or a function made inside another one: what it does
            hangs on more than its source.
    """
    where = getattr(function, "__qualname__", "")
    plain = inspect.unwrap(function)
    try:
        if not where or "<" in where or inspect.ismethod(function):
            raise TypeError("what it does hangs on more than its source")
        source = inspect.getsource(plain)
    except (OSError, TypeError) as error:
        given = "a lambda" if "<lambda>" in where else where or repr(function)
        raise ValueError(
            f"save_dir needs a {name} that can be told from another one, got {given} ({error}); "
            f"define {name} by `def` at the top of a module or a notebook"
        ) from error
    defaults = repr(tuple(getattr(plain, it, None) for it in ("__defaults__", "__kwdefaults__")))
    return f"{where} {hashlib.sha256((source + defaults).encode()).hexdigest()[:12]}"


def fingerprint(name: str, thing: Callable) -> str:
    """What tells a loss, a penalty or an augmentation from another one.

    Of an object with a `get_config`: its class, the source of that, and the configuration.

    Raises:
        ValueError: as in `fingerprint_of_function`.
    """
    if not hasattr(thing, "get_config"):
        return fingerprint_of_function(name, thing)
    config = json.dumps(thing.get_config(), sort_keys=True, default=str)
    return f"{fingerprint_of_function(name, type(thing))} {config}"


def config_of(name: str, thing) -> dict:
    """The whole configuration of a network or an optimizer.

    Raises:
        ValueError: a part of it has none.
    """
    try:
        return keras.saving.serialize_keras_object(thing)
    except (NotImplementedError, TypeError, ValueError) as error:
        raise ValueError(
            f"save_dir needs a {name} whose configuration can be read: {error}; "
            "give each of its layers a get_config"
        ) from error


def flat(name: str, config: dict) -> dict[str, str]:
    """A configuration as place -> value, with what Keras numbers anew in each process left out."""
    places: dict[str, str] = {}  # name of a layer -> which of them it is
    for place, value in _leaves(config):
        if place.endswith(".name"):
            places.setdefault(str(value), f"#{len(places)}")
    left_out = (".name", ".shared_object_id", ".registered_name", ".module")
    return {
        name + place.replace(".config", ""): places.get(str(value), str(value))
        for place, value in _leaves(config)
        if not place.endswith(left_out) and ".build_config." not in place
    }


def _leaves(config, place: str = "") -> Iterator[tuple[str, object]]:
    if isinstance(config, dict):
        for key, value in config.items():
            yield from _leaves(value, f"{place}.{key}")
    elif isinstance(config, list | tuple):
        for number, value in enumerate(config):
            yield from _leaves(value, f"{place}[{number}]")
    else:
        yield place, round(config, 9) if isinstance(config, float) else config


def fingerprint_of_array(array: tf.Tensor) -> str:
    """Hash of type, shape and values."""
    values = np.ascontiguousarray(array.numpy())
    digest = hashlib.sha256(f"{values.dtype} {values.shape}".encode())
    digest.update(values.tobytes())
    return digest.hexdigest()


def settings_of(gan, data: Data, seed: int | None) -> dict[str, str]:
    """What must be the same for a training to go on: name -> value, as text.

    Args:
        gan: a compiled `GAN`.
        data: what it is trained on.
        seed: of the order of the samples, None for no shuffling.

    Raises:
        ValueError: something that cannot be told from another thing of its kind.
    """
    if not data.arrays:
        raise ValueError(
            "save_dir needs x as an array: nothing tells what a dataset holds, or in which order "
            "it comes; keras.callbacks.BackupAndRestore goes on with a dataset, in another order"
        )
    settings = {
        "smooth": str(float(gan.smooth)),
        **{name: fingerprint(name, one) for name, one in functions_of(gan).items()},
        "g_ema": str(gan.g_ema),
        "simultaneous": str(gan.simultaneous),
        "batch_size": str(data.batch_size),
        "seed of the order": str(seed),
        "seed": str(gan.order_seed),
    }
    if gan.penalty_every > 1:
        settings["penalty_every"] = str(gan.penalty_every)
    for name, array in zip(("x", "y"), data.arrays, strict=False):
        settings[name] = fingerprint_of_array(array)[:12]
    for name, config in gan.configs_at_first.items():
        settings |= flat(name, config)
    for name in ("generator", "discriminator"):
        settings |= flat(name, config_of(name, getattr(gan, name)))
    return settings


class Keeper(keras.callbacks.Callback):
    """Saves a training after an epoch, and takes it up again: `fit` with `save_dir`.

    Args:
        saves: where.
        settings: what must be the same for a training to go on: name -> value.
        state: the variables that the next step depends on.
        callbacks: of `fit`; what `Snapshots` among them have kept is saved with the rest.
        every: epochs between two saves.

    Raises:
        ValueError: every is not a positive whole number.
    """

    def __init__(self, saves: Saves, settings: dict, state: list, callbacks: list, every: int):
        super().__init__()
        self.saves, self.settings, self.state = saves, settings, state
        self.every = positive("save_every", every)
        self.snapshots = [one for one in callbacks if isinstance(one, Snapshots)]
        self.logs: dict[str, list[float]] = {}
        self.past: dict[str, list[float]] = {}
        self.reached = 0
        self.unsaved: tuple[int, list[np.ndarray]] | None = None

    def restore(self) -> None:
        """Set state and snapshots to the newest save, if there is one.

        Raises:
            ValueError: it is the save of a training with other settings.
        """
        path = self.saves.newest()
        if path is None:
            return
        progress = json.loads((path / "progress.json").read_text())
        was, now = progress["settings"], self.settings
        changes = [
            f"{name} was {was.get(name)}, is {now.get(name)}"
            for name in {**was, **now}
            if was.get(name) != now.get(name)
        ]
        if changes:
            more = f"; and {len(changes) - 3} more" if len(changes) > 3 else ""
            raise ValueError(
                f"save_dir {str(self.saves.folder)!r} holds a training with other settings: "
                f"{'; '.join(changes[:3])}{more}. Give another save_dir, or delete that folder "
                "to begin anew"
            )
        tf.train.Checkpoint(state=self.state).read(str(path / "state")).assert_consumed()
        for number, snapshots in enumerate(self.snapshots):
            file = path / f"snapshots_{number}.npz"
            if file.exists():
                snapshots.load(file)
        self.logs, self.reached = progress["logs"], progress["epoch"]
        self.past = {name: list(values) for name, values in self.logs.items()}

    def _save(self, epoch: int, state: list) -> None:
        def fill(folder: Path) -> None:
            tf.train.Checkpoint(state=state).write(str(folder / "state"))
            progress = {"settings": self.settings, "epoch": epoch, "logs": self.logs}
            (folder / "progress.json").write_text(json.dumps(progress))
            for number, snapshots in enumerate(self.snapshots):
                snapshots.save(folder / f"snapshots_{number}.npz")

        self.unsaved = None
        self.saves.write(epoch, fill)

    def on_train_begin(self, logs=None):
        self.seen = int(self.model.epochs.numpy())

    def on_epoch_end(self, epoch, logs=None):
        done = int(self.model.epochs.numpy())
        if done == self.seen:
            return  # stopped within the epoch, which the next run does from its beginning
        self.seen = done
        for name, value in logs.items():
            self.logs.setdefault(name, []).append(float(value))
        if done % self.every == 0 or done == self.params["epochs"] or self.model.stop_training:
            self._save(done, self.state)
        else:
            self.unsaved = done, [variable.numpy() for variable in self.state]

    def __enter__(self) -> "Keeper":
        self.saves.open()
        return self

    def __exit__(self, *error) -> None:
        """Save the last whole epoch if that has not been done, whatever ended the training."""
        try:
            if self.unsaved:
                epoch, values = self.unsaved
                self._save(epoch, [tf.Variable(value) for value in values])
        finally:
            self.saves.close()

    def with_past(self, history: keras.callbacks.History) -> keras.callbacks.History:
        """The history of this `fit`, with the epochs that were restored before it."""
        before = len(next(iter(self.past.values()), ()))
        first = history.epoch[0] if history.epoch else int(self.reached)
        history.epoch = [*range(first - before, first), *history.epoch]
        history.history = {
            name: self.past.get(name, []) + history.history.get(name, [])
            for name in self.past | history.history
        }
        return history
