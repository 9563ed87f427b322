"""Training as you watch: what is drawn and when, and an interrupt that keeps what there is."""

import signal
import types

from gan_helpers import data, networks, pictures, playgrounds
from gan_helpers import live as live_module
from gan_helpers.callbacks import Snapshots
from gan_helpers.gan import GAN, latent_vectors
from gan_helpers.live import LiveTraining

import keras
import numpy as np
import pytest
import tensorflow as tf
from IPython.core.formatters import DisplayFormatter
from jupyter_client.manager import start_new_kernel


def small_gan():
    keras.utils.set_random_seed(0)
    gan = GAN(networks.build_generator(), networks.build_discriminator())
    gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01), steps_per_execution=1)
    return gan


def test_live_training_shows_each_moment_and_ends_full(monkeypatch):
    shown = []
    monkeypatch.setattr(live_module, "display", shown.append)
    gan = small_gan()
    live = LiveTraining(latent_vectors(8, 100, seed=0))
    live.every = 0  # draw after each call
    images = data.load_digits().images[:200]
    log = gan.fit(images, batch_size=100, epochs=2, verbose=0, callbacks=[live]).history
    assert len(shown) == 1 and live.bar.value == live.bar.max == 2
    assert "2.0 of 2, 0 s left" in live.words.value
    assert not live.interrupted
    final = pictures.tile(gan.generator(live.latents).numpy(), 8)
    np.testing.assert_array_equal(live.picture.artists_by_label[0, "samples"].get_array(), final)
    for name in ("d_loss", "g_loss"):
        done, values = live.picture.artists_by_label[1, name].get_data()
        assert list(done) == [0.5, 1.0, 1.5, 2.0, 2.0]
        np.testing.assert_allclose([values[1], values[3]], log[name])
    assert live.image.value == live._frame()
    bundle, _ = DisplayFormatter().format(shown[0])
    assert "while the cell runs" in bundle["text/plain"]
    with pytest.raises(ValueError, match="every must be at least 0.5 seconds, got 0.1"):
        LiveTraining(live.latents, every=0.1)


def test_live_training_follows_a_dataset_of_unknown_size(monkeypatch):
    monkeypatch.setattr(live_module, "display", lambda view: None)
    live = LiveTraining(latent_vectors(8, 100, seed=0))
    images = data.load_digits().images[:200]
    unknown = tf.data.Dataset.from_tensor_slices(images).batch(100).filter(lambda batch: True)
    small_gan().fit(unknown, epochs=2, verbose=0, callbacks=[live])
    assert live.bar.value == 2 and "2.0 of 2" in live.words.value


class PressTwice(keras.callbacks.Callback):
    def on_train_batch_begin(self, batch, logs=None):
        signal.raise_signal(signal.SIGINT)
        signal.raise_signal(signal.SIGINT)


@pytest.fixture
def usual():
    """The usual handler of Ctrl-C; a shell lets what runs in its background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield signal.default_int_handler
    signal.signal(signal.SIGINT, before)


def test_an_interrupt_ends_training_early_and_keeps_what_there_is(monkeypatch, usual):
    monkeypatch.setattr(live_module, "display", lambda view: None)

    class Press(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if int(self.model.steps.numpy()) == 3:
                signal.raise_signal(signal.SIGINT)

    gan, live = small_gan(), LiveTraining(latent_vectors(8, 100, seed=0))
    snapshots = Snapshots(live.latents)
    images = data.load_digits().images[:200]
    history = gan.fit(
        images, batch_size=100, epochs=9, verbose=0, callbacks=[live, snapshots, Press()]
    )
    assert live.interrupted and int(gan.steps.numpy()) == 4
    assert len(history.history["d_loss"]) == 2 and snapshots.epochs == [0, 1, 2]
    assert "interrupted after 2.0 of 9 epochs" in live.words.value
    final = pictures.tile(gan.generator(live.latents).numpy(), 8)
    np.testing.assert_array_equal(live.picture.artists_by_label[0, "samples"].get_array(), final)
    assert signal.getsignal(signal.SIGINT) == usual

    gan.fit(images, batch_size=100, epochs=1, verbose=0, callbacks=[live])
    assert not live.interrupted


def test_a_second_interrupt_stops_at_once(monkeypatch, usual):
    monkeypatch.setattr(live_module, "display", lambda view: None)

    live = LiveTraining(latent_vectors(8, 100, seed=0))
    with pytest.raises(KeyboardInterrupt):
        small_gan().fit(data.load_digits().images[:200], verbose=0, callbacks=[live, PressTwice()])


def test_after_an_error_an_interrupt_does_what_it_usually_does(monkeypatch, usual):
    monkeypatch.setattr(live_module, "display", lambda view: None)

    class Fail(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            raise RuntimeError("a mistake in a callback")

    gan, live = small_gan(), LiveTraining(latent_vectors(8, 100, seed=0))

    def fit(callback):
        gan.fit(data.load_digits().images[:200], verbose=0, callbacks=[live, callback])

    with pytest.raises(RuntimeError, match="a mistake"):
        fit(Fail())
    with pytest.raises(KeyboardInterrupt):
        signal.raise_signal(signal.SIGINT)
    assert signal.getsignal(signal.SIGINT) == usual

    with pytest.raises(RuntimeError, match="a mistake"):
        fit(Fail())
    with pytest.raises(KeyboardInterrupt):
        fit(PressTwice())
    assert signal.getsignal(signal.SIGINT) == usual


def test_live_training_draws_once_an_interval_and_says_how_long_it_still_takes(monkeypatch, usual):
    clock = types.SimpleNamespace(now=0.0)
    clock.monotonic = lambda: clock.now
    monkeypatch.setattr(live_module, "time", clock)
    monkeypatch.setattr(live_module, "display", lambda view: None)
    live = LiveTraining(latent_vectors(2, 3, seed=0), every=1.0)
    live.set_params({"epochs": 5, "steps": 1})
    gan = GAN(networks.build_generator(3), networks.build_discriminator())
    live.set_model(gan)
    gan.stop_training = False
    live.on_train_begin()
    seen = []
    for epoch, clock.now in enumerate([0.4, 1.2, 1.6, 2.3, 2.5]):
        live.on_epoch_begin(epoch)
        live.on_train_batch_end(0, {"d_loss": 1.0, "g_loss": 1.0})
        live.on_epoch_end(epoch, {"d_loss": 1.0, "g_loss": 1.0})
        seen.append(live.words.value)
    # 0.6 s an epoch for the 3 left after the second, 0.575 s for the one left after the fourth.
    two, four, five = "2.0 of 5, 2 s left", "4.0 of 5, 1 s left", "5.0 of 5, 0 s left"
    assert seen == ["", two, two, four, five]
    assert live.image.layout.width == "920px", "the picture is not stretched to the page"


def test_interrupting_a_real_kernel_ends_training_without_an_error():
    code = """
from gan_helpers import charts, data, live, networks, pictures, playgrounds
from gan_helpers.callbacks import Snapshots
from gan_helpers.gan import GAN, latent_vectors
from gan_helpers.live import LiveTraining
import keras
gan = GAN(networks.build_generator(), networks.build_discriminator())
gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01), jit_compile=False)
live = LiveTraining(latent_vectors(8, 100, seed=0))
say = lambda batch, logs: print("trains", flush=True)
first_call = keras.callbacks.LambdaCallback(on_train_batch_end=say)
images = data.load_digits().images
log = gan.fit(images, epochs=10**6, verbose=0, callbacks=[live, first_call])
print("kept:", live.interrupted, len(log.history["d_loss"]) > 0, gan.sample(2, seed=0).shape)
"""
    manager, client = start_new_kernel()
    try:
        asked, printed, pressed = client.execute(code), "", False
        while True:
            message = client.get_iopub_msg(timeout=120)
            if message["parent_header"].get("msg_id") != asked:
                continue
            assert message["msg_type"] != "error", message["content"]
            if message["msg_type"] == "stream" and message["content"]["name"] == "stdout":
                printed += message["content"]["text"]
            if "trains" in printed and not pressed:
                pressed = True
                manager.interrupt_kernel()
            if message["content"].get("execution_state") == "idle":
                break
        assert "kept: True True (2, 28, 28, 1)" in printed
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("shape", [(32, 32, 3), (6, 10, 1), (5, 4)])
def test_scrubber_and_live_training_draw_colours_and_other_sizes(monkeypatch, shape):
    monkeypatch.setattr(live_module, "display", lambda view: None)
    gan = GAN(networks.build_generator(3, 4, shape), networks.build_discriminator(4, shape))
    gan.compile(keras.optimizers.SGD(), keras.optimizers.SGD())
    live, images = LiveTraining(latent_vectors(4, 3, seed=0)), np.zeros((8, *shape), np.float32)
    snapshots = Snapshots(live.latents)
    gan.fit(images, batch_size=4, verbose=0, callbacks=[live, snapshots])
    final = pictures.tile(gan.generator(live.latents).numpy(), 8)
    np.testing.assert_allclose(
        live.picture.artists_by_label[0, "samples"].get_array(), final, atol=1e-6
    )
    scrubber = playgrounds.scrubber(snapshots.epochs, snapshots.samples, columns=2)
    shown = scrubber.image.value
    scrubber.sliders["moment"].value = 0
    assert scrubber.image.value != shown


@pytest.mark.parametrize("shape", [(2,), (4, 4, 2)])
def test_live_training_refuses_what_it_cannot_draw_before_the_first_step(monkeypatch, shape, usual):
    shown = []
    monkeypatch.setattr(live_module, "display", shown.append)
    gan = GAN(networks.build_generator(3, 4, shape), networks.build_discriminator(4, shape))
    gan.compile(keras.optimizers.SGD(), keras.optimizers.SGD())
    samples = np.zeros((8, *shape), np.float32)
    with pytest.raises(ValueError, match="LiveTraining cannot draw what the model makes: images"):
        gan.fit(samples, verbose=0, callbacks=[LiveTraining(latent_vectors(4, 3, seed=0))])
    assert int(gan.steps.numpy()) == 0 and shown == [] and signal.getsignal(signal.SIGINT) == usual
