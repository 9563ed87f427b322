"""Snapshots of a training."""

from gan_helpers.callbacks import Snapshots
from gan_helpers.gan import latent_vectors
from tests.gan_helpers.small_networks import (
    NAMES,
    compiled,
    equal,
    fit,
    networks_with_state,
    values,
)

import keras
import numpy as np
import pytest

# Keras 3.12 itself calls numpy 2 in the old way, when it traces and when it saves.
pytestmark = pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")


def test_snapshots_keep_samples_and_losses_epoch_by_epoch():
    gan = compiled()
    latents = latent_vectors(6, 3, seed=0)
    snapshots, drawn = Snapshots(latents, every=2), [gan.generator(latents).numpy()]
    record = keras.callbacks.LambdaCallback(
        on_epoch_end=lambda epoch, logs: drawn.append(gan.generator(latents).numpy())
    )
    history = fit(gan, epochs=5, callbacks=[snapshots, record])
    assert snapshots.epochs == [0, 2, 4]
    assert all(equal(snapshots.samples, drawn[0:5:2]))
    assert not np.array_equal(snapshots.samples[0], snapshots.samples[1])
    assert snapshots.logs == history

    more = fit(gan, epochs=3, callbacks=[snapshots, record])
    assert snapshots.epochs == [0, 2, 4, 6, 8]
    assert all(equal(snapshots.samples, drawn[0:9:2]))
    assert snapshots.logs == {name: history[name] + more[name] for name in NAMES}
    assert {sample.dtype for sample in snapshots.samples} == {np.dtype(np.float32)}


def test_snapshots_draw_as_sample_does_not_as_training_does():
    gan = compiled(networks_with_state())
    before = values(gan.generator)
    snapshots = Snapshots(latent_vectors(6, 3, seed=4), every=1)
    snapshots.set_model(gan)
    snapshots.on_train_begin()
    assert np.array_equal(snapshots.samples[0], gan.sample(6, seed=4))
    assert all(equal(before, values(gan.generator)))


@pytest.mark.parametrize("every", [0, -2])
def test_snapshots_need_a_positive_interval(every):
    with pytest.raises(ValueError, match=f"every must be at least 1, got {every}"):
        Snapshots(latent_vectors(1, 3, seed=0), every=every)
