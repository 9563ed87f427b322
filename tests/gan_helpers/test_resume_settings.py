"""What the same training is, and what can go on at all."""

import functools
import json
import re

from gan_helpers import losses
from gan_helpers.gan import GAN
from gan_helpers.resume import Keeper, config_of, fingerprint, fingerprint_of_array, flat
from gan_helpers.saves import Saves
from tests.gan_helpers.resumed import REAL, trained

import keras
import pytest
import tensorflow as tf


@pytest.fixture(scope="module")
def two_epochs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("two_epochs")
    trained(folder, epochs=2)
    return folder


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"seed": 4}, "seed of the order was 3, is 4"),
        ({"shuffle": False}, "seed of the order was 3, is None"),
        ({"batch_size": 10}, "batch_size was 20, is 10"),
        ({"rate": 0.02}, r"d_optimizer.learning_rate was 0.01, is 0.02\b"),
        ({"data": REAL + 1}, r"x was [0-9a-f]{12}, is [0-9a-f]{12}\."),
    ],
)
def test_a_save_of_other_settings_is_refused_and_left_alone(two_epochs, change, message):
    before = sorted(path.name for path in two_epochs.iterdir())
    with pytest.raises(ValueError, match=f"holds a training with other settings: {message}"):
        trained(two_epochs, **change)
    assert sorted(path.name for path in two_epochs.iterdir()) == before


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (1, "a was 1, is None. Give another save_dir"),
        (3, "a was 1, is None; b was 2, is 3; d was None, is 4. Give another save_dir"),
        (4, "a was 1, is None; b was 2, is 3; d was None, is 4; and 1 more. Give another"),
        (6, "a was 1, is None; b was 2, is 3; d was None, is 4; and 3 more. Give another"),
    ],
)
def test_of_many_changes_the_first_three_are_named(tmp_path, changes, said):
    was, now = {"a": "1", "b": "2", "c": "0"}, {"c": "0"}
    now |= {"b": "2"} if changes == 1 else {"b": "3", "d": "4"}
    now |= dict(zip("efg"[: changes - 3], "567", strict=False)) if changes > 3 else {}
    progress = json.dumps({"settings": was, "epoch": 1, "logs": {}})
    Saves(tmp_path).write(1, lambda folder: (folder / "progress.json").write_text(progress))
    with pytest.raises(ValueError, match=f"with other settings: {re.escape(said)}"):
        Keeper(Saves(tmp_path), now, [], [], 1).restore()


def a_sequence(layers):
    return keras.Sequential([keras.Input((2,)), *layers])


def a_graph(layers):
    first = last = keras.Input((2,))
    for layer in layers:
        last = layer(last)
    return keras.Model(first, last)


@pytest.mark.parametrize("make", [a_sequence, a_graph])
def test_what_a_network_is_does_not_hang_on_the_names_that_keras_gives_it(make):
    """They are numbered anew in each process: dense_1 here is dense_7 there."""

    def described(units, rate=0.3):
        layers = keras.layers
        network = make([layers.Dense(units), layers.Dropout(rate), layers.Dense(1)])
        return flat("net", config_of("net", network))

    assert described(4) == described(4)
    assert not [place for place in described(4) if "build_config" in place or "module" in place]
    assert described(4, 0.3) == described(4, 0.3 + 1e-12), "float32 and back is the same"
    for other, old, new in (
        (described(5), "4", "5"),
        (described(4, 0.31), "0.3", "0.31"),
        (described(4, 0.3 + 1e-9), "0.3", "0.300000001"),
    ):
        one = described(4)
        differ = {(one[name], other[name]) for name in one if one[name] != other[name]}
        assert differ == {(old, new)}


def test_a_network_that_has_no_configuration_is_refused():
    class Odd(keras.layers.Layer):
        def __init__(self, thing):
            super().__init__()

    with pytest.raises(ValueError, match="save_dir needs a generator whose configuration can be"):
        config_of("generator", a_sequence([Odd(object())]))


def test_an_array_is_told_from_one_of_other_values_shape_or_type():
    array = tf.constant([[0.0, 1.0], [2.0, 3.0]])
    others = [array + 1, tf.reshape(array, (4, 1)), tf.zeros((2, 2), tf.int32), tf.zeros((2, 2))]
    prints = [fingerprint_of_array(one) for one in [array, *others]]
    assert len(set(prints)) == 5
    assert prints[0] == fingerprint_of_array(tf.identity(array))


def halved(d_logits_fake):
    return losses.g_loss(d_logits_fake) / 2


def changed(d_logits_fake):
    return losses.g_loss(d_logits_fake) * 2


changed.__qualname__ = halved.__qualname__  # as when a cell of a notebook is edited


def small(
    save_dir, activation="relu", g_loss=losses.g_loss, epochs=1, d_rate=0.01, callbacks=(),
    penalty_every=1,
):  # fmt: skip
    g = keras.Sequential(
        [keras.Input((3,)), keras.layers.Dense(4, activation), keras.layers.Dense(2)]
    )
    d = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    gan = GAN(g, d)
    gan.compile(
        keras.optimizers.SGD(d_rate), keras.optimizers.SGD(0.01), g_loss=g_loss,
        penalty_every=penalty_every, run_eagerly=True,
    )  # fmt: skip
    gan.fit(REAL, batch_size=45, epochs=epochs, verbose=0, save_dir=save_dir, callbacks=callbacks)
    return gan


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"activation": "tanh"}, r"generator\S*activation was relu, is tanh"),
        ({"g_loss": changed}, r"g_loss was halved [0-9a-f]{12}, is halved [0-9a-f]{12}\."),
        ({"d_rate": 0.02}, r"d_optimizer\S*learning_rate was 0.01, is 0.02"),
        # A save of a version that did not know it goes on, as of a training with each penalty.
        ({"penalty_every": 2}, "penalty_every was None, is 2"),
    ],
    ids=["activation", "loss", "rate", "penalty"],
)
def test_what_differs_is_named(tmp_path, change, message):
    small(tmp_path, g_loss=halved)
    with pytest.raises(ValueError, match=message):
        small(tmp_path, epochs=2, **{"g_loss": halved} | change)


def test_a_rate_that_a_callback_lowers_is_part_of_what_goes_on(tmp_path):
    lower = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    small(tmp_path, epochs=2, callbacks=[lower])
    gan = small(tmp_path, epochs=3)
    assert float(gan.d_optimizer.learning_rate) == pytest.approx(0.0025)
    assert int(gan.epochs.numpy()) == 3


class Callable:
    def __call__(self, d_logits_fake):
        return losses.g_loss(d_logits_fake)


class Weighted:
    def __init__(self, **config):
        self.config = config

    def get_config(self):
        return self.config


def test_an_object_is_told_from_another_one_by_its_configuration():
    one, same, other = Weighted(a=1, b=2), Weighted(b=2, a=1), Weighted(a=1, b=3)
    assert fingerprint("g_loss", one) == fingerprint("g_loss", same)
    assert fingerprint("g_loss", one) != fingerprint("g_loss", other)


@pytest.mark.parametrize(
    ("g_loss", "given"),
    [
        (lambda d_logits_fake: losses.g_loss(d_logits_fake), "a lambda"),
        (functools.partial(losses.g_loss), "partial"),
        (Callable(), "Callable object"),
    ],
)
def test_a_loss_that_cannot_be_told_from_another_is_refused(tmp_path, g_loss, given):
    with pytest.raises(ValueError, match=f"save_dir needs a g_loss that .* got .*{given}.*`def`"):
        small(tmp_path, g_loss=g_loss)
    assert not list(tmp_path.glob("epoch*"))


def test_a_dataset_cannot_go_on_exactly_and_says_what_can(tmp_path):
    data = tf.data.Dataset.from_tensor_slices(REAL).shuffle(90).batch(20)
    with pytest.raises(ValueError, match="save_dir needs x as an array.*BackupAndRestore"):
        trained(tmp_path, data=data, batch_size=None)
