"""Keras's contract, of callbacks and of saving: what is kept, and what is as before once loaded."""

import copy
import pickle

from gan_helpers import losses
from gan_helpers.gan import GAN, ConditionalGAN
from tests.gan_helpers.eager_networks import (
    compiled,
    conditional,
    distance,
    fit,
    layers,
    pair,
    sgd,
)

import keras
import numpy as np
import pytest

# Callbacks


def two_rates():
    gan = GAN(*pair())
    gan.compile(sgd(0.1), sgd(0.4), run_eagerly=True)
    return gan


def rates(gan):
    return float(gan.d_optimizer.learning_rate), float(gan.g_optimizer.learning_rate)


def test_learning_rate_scheduler_sets_ds_rate_and_keeps_the_proportion():
    gan = two_rates()
    seen = []

    def schedule(epoch, rate):
        seen.append(rate)
        return rate / 2

    fit(gan, epochs=2, callbacks=[keras.callbacks.LearningRateScheduler(schedule)])
    assert seen == pytest.approx([0.1, 0.05])
    assert rates(gan) == pytest.approx((0.025, 0.1))


def test_reduce_lr_on_plateau_reduces_both():
    gan = two_rates()
    plateau = keras.callbacks.ReduceLROnPlateau(
        "d_loss", factor=0.5, patience=1, mode="max", min_delta=100
    )
    fit(gan, epochs=3, callbacks=[plateau])
    assert rates(gan) == pytest.approx((0.025, 0.1))


@pytest.mark.parametrize("whole", [False, True], ids=["weights", "model"])
def test_model_checkpoint_writes_what_loads(tmp_path, whole):
    gan = compiled(g_ema=0.9)
    file = tmp_path / ("{epoch}.keras" if whole else "{epoch}.weights.h5")
    fit(
        gan,
        epochs=2,
        callbacks=[keras.callbacks.ModelCheckpoint(file, save_weights_only=not whole)],
    )
    if whole:
        loaded = keras.saving.load_model(tmp_path / "2.keras")
    else:
        loaded = compiled(g_ema=0.9)
        loaded.load_weights(tmp_path / "2.weights.h5")
    assert distance(gan, loaded) == 0


def test_early_stopping_stops_and_restores():
    gan = compiled()
    stop = keras.callbacks.EarlyStopping("d_loss", patience=1, mode="max", min_delta=100,
                                         restore_best_weights=True)  # fmt: skip
    history = fit(gan, epochs=9, callbacks=[stop])
    assert len(history.epoch) == 2
    one = compiled()
    fit(one, epochs=1)
    assert distance(gan, one) == 0


def test_csv_logger_writes_a_row_an_epoch(tmp_path):
    logger = keras.callbacks.CSVLogger(tmp_path / "log.csv")
    fit(compiled(), epochs=2, callbacks=[logger], validation_split=0.5)
    first, *rows = (tmp_path / "log.csv").read_text().splitlines()
    assert first.startswith("epoch,d_fake,d_loss,d_real,g_loss,val_d_fake,") and len(rows) == 2


def test_tensorboard_writes(tmp_path):
    pytest.importorskip("tensorboard")
    board = keras.callbacks.TensorBoard(tmp_path, histogram_freq=1, write_steps_per_second=True)
    fit(compiled(), epochs=2, callbacks=[board], validation_split=0.5)
    assert list((tmp_path / "train").iterdir())


def test_backup_and_restore_goes_on(tmp_path):
    class Fail(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            if epoch == 1:
                raise RuntimeError("stopped")

    whole, first, second = compiled(), compiled(), compiled()
    fit(whole, epochs=3)
    with pytest.raises(RuntimeError, match="stopped"):
        fit(first, epochs=3, callbacks=[keras.callbacks.BackupAndRestore(tmp_path), Fail()])
    fit(second, epochs=3, callbacks=keras.callbacks.BackupAndRestore(tmp_path))
    assert distance(whole, second) == 0


# Saving


def my_g_loss(d_logits_fake):
    return 2 * losses.g_loss(d_logits_fake)


def copies(gan, tmp_path):
    gan.save(tmp_path / "gan.keras")
    return [keras.saving.load_model(tmp_path / "gan.keras"), pickle.loads(pickle.dumps(gan)),
            copy.deepcopy(gan)]  # fmt: skip


def with_everything(seed):
    """A GAN in the middle of training: moments, an average, dropout, moving statistics."""
    keras.utils.set_random_seed(seed)
    gan = GAN(*pair([layers.BatchNormalization()], [layers.Dropout(0.5)]), seed=seed)
    adams = [keras.optimizers.Adam(0.01, beta_1=0.5) for _ in range(2)]
    gan.compile(*adams, smooth=0.2, g_ema=0.9, run_eagerly=True, steps_per_execution=3)
    fit(gan, epochs=2)
    return gan


def test_what_is_loaded_draws_the_same_and_takes_the_same_next_step(tmp_path):
    gan = with_everything(3)
    for other in copies(gan, tmp_path):
        np.testing.assert_array_equal(gan.sample(5, seed=1), other.sample(5, seed=1))
        assert other.steps_per_call == 3 and float(other.smooth) == 0.2
    others = copies(gan, tmp_path)
    fit(gan, epochs=1)
    for other in others:
        fit(other, epochs=1)
        np.testing.assert_array_equal(gan.sample(5, seed=1), other.sample(5, seed=1))
        assert distance(gan, other) == 0


def test_a_conditional_gan_loads_as_one(tmp_path):
    gan = conditional()
    for other in copies(gan, tmp_path):
        assert isinstance(other, ConditionalGAN)
        np.testing.assert_array_equal(gan.sample(5, seed=1), other.sample(5, seed=1))


def test_a_loss_of_ones_own_comes_along(tmp_path):
    gan = compiled(g_loss=my_g_loss)
    for other in (pickle.loads(pickle.dumps(gan)), copy.deepcopy(gan)):
        assert other.g_loss_fn is my_g_loss
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras", {"my_g_loss": my_g_loss})
    assert loaded.g_loss_fn is my_g_loss


def test_a_lambda_cannot_be_saved_and_says_so(tmp_path):
    gan = compiled(g_loss=lambda d_logits_fake: losses.g_loss(d_logits_fake))
    with pytest.raises(ValueError, match="g_loss is a lambda, which cannot be saved"):
        gan.save(tmp_path / "gan.keras")


def test_a_gan_that_is_not_compiled_can_be_saved(tmp_path):
    gan = GAN(*pair())
    gan.save(tmp_path / "gan.keras")
    loaded = keras.saving.load_model(tmp_path / "gan.keras")
    np.testing.assert_array_equal(gan.sample(5, seed=1), loaded.sample(5, seed=1))
    assert not loaded.compiled
