"""The playgrounds show what the theory says, and the pictures what they are given."""

import io
import os
import signal

from gan_helpers import data, losses, networks, plots, training, widgets

import keras
import numpy as np
import pytest
import tensorflow as tf
from IPython.core.formatters import DisplayFormatter
from PIL import Image


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def line(playground, panel, label):
    return np.array(playground.picture.artists_by_label[panel, label].get_ydata())


def two_sided(d_logits_fake, smooth):
    return tf.reduce_mean(
        tf.nn.sigmoid_cross_entropy_with_logits(
            logits=d_logits_fake, labels=tf.ones_like(d_logits_fake) * smooth
        )
    )


@pytest.mark.parametrize("smooth", [0.0, 0.01, 0.1, 0.25, 0.49])
def test_smoothing_slider_shows_the_equilibrium_and_the_optimal_discriminator(smooth):
    playground = widgets.smoothing_playground()
    playground.sliders["smooth"].value = smooth
    d, d_loss, g_loss = losses.equilibrium(smooth)
    assert f"D* = {d:.3f}, d_loss = {d_loss:.3f}, g_loss = {g_loss:.3f}" in playground.text.value
    x = playground.picture.artists_by_label[1, "D*"].get_xdata()
    p_data, p_g = data.gaussian(-1.5).density(x), data.gaussian(1.5).density(x)
    best = losses.optimal_discriminator(p_data, p_g, smooth)
    # The curves are searched up to logits of 8, where D is within 4e-4 of 0 or 1.
    np.testing.assert_allclose(line(playground, 1, "D*"), best, atol=5e-4)
    minimum = playground.picture.artists_by_label[0, "real: minimum"].get_xdata()
    if smooth > 0.001:
        np.testing.assert_allclose(minimum, [np.log((1 - smooth) / smooth)], atol=2e-3)
    else:
        assert len(minimum) == 0, "without smoothing there is no minimum to mark"


def test_smoothing_slider_redraws_picture_and_words_and_starts_at_its_default():
    playground = widgets.smoothing_playground()
    slider = playground.sliders["smooth"]
    assert (slider.value, slider.min, slider.max) == (0.1, 0, 0.49)
    picture, words = playground.image.value, playground.text.value
    slider.value = 0.3
    assert "smooth = 0.30" in playground.text.value != words
    changed = (pixels(picture) != pixels(playground.image.value)).any(axis=(0, 2))
    half = len(changed) // 2
    assert changed[:half].any() and changed[half:].any(), "both panels are drawn anew"
    slider.value = 0.1
    assert (playground.image.value, playground.text.value) == (picture, words)


def test_smoothing_slider_takes_the_readers_own_losses():
    playground = widgets.smoothing_playground(d_loss_fake=two_sided, smooth=0.2)
    assert "D* = 0.500" in playground.text.value
    assert line(playground, 1, "D*").min() == pytest.approx(0.2, abs=1e-3)
    doubled = widgets.smoothing_playground(lambda logits, s: 2 * losses.d_loss_real(logits, s))
    assert "D* = 0.600" in doubled.text.value  # 2 * 0.9 / (2 + 1)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"smooth": 0.5}, ValueError, "smooth must satisfy 0 <= smooth < 0.5, got 0.5"),
        ({"smooth": -0.1}, ValueError, "smooth must satisfy"),
        ({"smooth": "0.1"}, TypeError, "smooth must be a number"),
        ({"d_loss_real": 3}, TypeError, "d_loss_real must be a function, got 3"),
        ({"d_loss_fake": "no"}, TypeError, "d_loss_fake must be a function, got 'no'"),
        ({"d_loss_fake": lambda logits, s: logits}, ValueError, "must return a scalar"),
        ({"data": data.ring()}, ValueError, "data must be one-dimensional"),
    ],
)
def test_smoothing_slider_refuses_what_it_cannot_show(arguments, error, message):
    with pytest.raises(error, match=message):
        widgets.smoothing_playground(**arguments)


@pytest.mark.parametrize("logit", [-8.0, -1.0, 0.0, 3.5])
def test_generator_slider_shows_both_gradients(logit):
    playground = widgets.generator_playground()
    playground.sliders["logit"].value = logit
    d = 1 / (1 + np.exp(-logit))
    words = playground.picture.alt
    assert f"-log D: {d - 1:.4f}" in words and f"log(1 - D): {-d:.4f}" in words
    point = playground.picture.artists_by_label[1, "_minimax: log(1 - D)"]
    np.testing.assert_allclose([*point.get_xdata(), *point.get_ydata()], [logit, -d], atol=1e-4)


def test_generator_slider_refuses_what_it_cannot_show():
    with pytest.raises(ValueError, match="logit must satisfy -8 <= logit <= 8, got 9"):
        widgets.generator_playground(logit=9)
    with pytest.raises(TypeError, match="g_losses\\['mine'\\] must be a function, got 1"):
        widgets.generator_playground({"mine": 1})


def test_scrubber_shows_the_chosen_moment():
    moments = [np.full((4, 28, 28, 1), value, np.float32) for value in (-1, 0, 1)]
    scrubber = widgets.scrubber([0, 5, 10], moments, columns=2)
    assert "After 10 epochs, 4 samples." in scrubber.text.value
    bright = []
    for moment in range(3):
        scrubber.sliders["moment"].value = moment
        bright.append(pixels(scrubber.image.value).mean())
    assert bright[0] < bright[1] < bright[2]
    with pytest.raises(ValueError, match="got 1 and 3"):
        widgets.scrubber([0], moments)
    with pytest.raises(ValueError, match="at least one, got 0"):
        widgets.scrubber([], [])


def test_stored_display_has_words_and_a_picture_for_readers_without_a_kernel():
    playground = widgets.smoothing_playground()
    bundle, metadata = DisplayFormatter().format(playground)
    assert bundle["text/plain"] == playground.picture.alt != ""
    assert metadata["image/png"]["alt"] == playground.picture.alt
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == playground.model_id
    assert len(bundle["image/png"]) > 1000


def small_gan():
    keras.utils.set_random_seed(0)
    gan = training.GAN(networks.build_generator(), networks.build_discriminator())
    gan.compile(keras.optimizers.Adam(0.01), keras.optimizers.Adam(0.01), steps_per_execution=1)
    return gan


def test_live_training_shows_each_moment_and_ends_full(monkeypatch):
    shown = []
    monkeypatch.setattr(widgets, "display", shown.append)
    gan = small_gan()
    live = widgets.LiveTraining(training.latent_vectors(8, 100, seed=0))
    live.every = 0  # draw after each call
    images = data.load_digits().images[:200]
    log = gan.fit(images, batch_size=100, epochs=2, verbose=0, callbacks=[live]).history
    assert len(shown) == 1 and live.bar.value == live.bar.max == 2
    assert "2.0 of 2, 0 s left" in live.words.value
    assert not live.interrupted
    final = plots.tile(gan.generator(live.latents).numpy(), 8)
    np.testing.assert_array_equal(live.picture.grid.get_array(), final)
    for line, name in zip(live.picture.loss_lines, ("d_loss", "g_loss"), strict=True):
        done, values = line.get_data()
        assert list(done) == [0.5, 1.0, 1.5, 2.0, 2.0]
        np.testing.assert_allclose([values[1], values[3]], log[name])
    bundle, _ = DisplayFormatter().format(shown[0])
    assert "while the cell runs" in bundle["text/plain"]
    with pytest.raises(ValueError, match="every must be at least 0.5 seconds, got 0.1"):
        widgets.LiveTraining(live.latents, every=0.1)


def test_live_training_follows_a_dataset_of_unknown_size(monkeypatch):
    monkeypatch.setattr(widgets, "display", lambda view: None)
    live = widgets.LiveTraining(training.latent_vectors(8, 100, seed=0))
    images = data.load_digits().images[:200]
    unknown = tf.data.Dataset.from_tensor_slices(images).batch(100).filter(lambda batch: True)
    small_gan().fit(unknown, epochs=2, verbose=0, callbacks=[live])
    assert live.bar.value == 2 and "2.0 of 2" in live.words.value


def test_an_interrupt_ends_training_early_and_keeps_what_there_is(monkeypatch):
    monkeypatch.setattr(widgets, "display", lambda view: None)

    class Press(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            if int(self.model.steps.numpy()) == 3:
                os.kill(os.getpid(), signal.SIGINT)

    usual = signal.getsignal(signal.SIGINT)
    gan, live = small_gan(), widgets.LiveTraining(training.latent_vectors(8, 100, seed=0))
    snapshots = training.Snapshots(live.latents)
    images = data.load_digits().images[:200]
    history = gan.fit(
        images, batch_size=100, epochs=9, verbose=0, callbacks=[live, snapshots, Press()]
    )
    assert live.interrupted and int(gan.steps.numpy()) == 4
    assert len(history.history["d_loss"]) == 2 and snapshots.epochs == [0, 1, 2]
    assert "interrupted after 2.0 of 9 epochs" in live.words.value
    final = plots.tile(gan.generator(live.latents).numpy(), 8)
    np.testing.assert_array_equal(live.picture.grid.get_array(), final)
    assert signal.getsignal(signal.SIGINT) == usual

    gan.fit(images, batch_size=100, epochs=1, verbose=0, callbacks=[live])
    assert not live.interrupted


def test_a_second_interrupt_stops_at_once(monkeypatch):
    monkeypatch.setattr(widgets, "display", lambda view: None)

    class PressTwice(keras.callbacks.Callback):
        def on_train_batch_begin(self, batch, logs=None):
            os.kill(os.getpid(), signal.SIGINT)
            os.kill(os.getpid(), signal.SIGINT)

    live = widgets.LiveTraining(training.latent_vectors(8, 100, seed=0))
    with pytest.raises(KeyboardInterrupt):
        small_gan().fit(data.load_digits().images[:200], verbose=0, callbacks=[live, PressTwice()])


def test_tile_puts_each_image_in_its_place():
    images = np.stack([np.full((2, 3), value) for value in (0.1, 0.2, 0.3)])
    tiled = plots.tile(images, columns=2)
    assert tiled.shape == (2 * 4, 2 * 5)
    assert (tiled[1:3, 6:9] == np.float32(0.2)).all() and (tiled[5:7, 1:4] == np.float32(0.3)).all()
    assert (tiled[4:, 5:] == -1).all(), "the missing fourth image is background"
    assert (tiled[0] == -1).all() and (tiled[:, 4:6] == -1).all(), "so is the frame of each"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: plots.tile(np.zeros((0, 28, 28)), 2), "images must have shape"),
        (lambda: plots.tile(np.zeros((3, 28, 28, 3)), 2), r"got \(3, 28, 28, 3\)"),
        (lambda: plots.tile(np.zeros((3, 28, 28)), 0), "columns must be at least 1, got 0"),
        (lambda: plots.image_grid(alt=""), "got 0 for 0"),
        (lambda: plots.image_grid(np.zeros((1, 2, 2)), titles="ab", alt=""), "got 2 for 1"),
        (lambda: plots.curves(alt=""), "panels must hold at least one"),
        (
            lambda: plots.curves(
                plots.Panel("", "", "", {str(i): ([0], [0]) for i in range(6)}), alt=""
            ),
            "lines must be at most 5 in a panel, got 6",
        ),
    ],
)
def test_pictures_refuse_what_they_cannot_draw(call, message):
    with pytest.raises(ValueError, match=message):
        call()


def test_picture_carries_its_description_and_is_the_same_each_time():
    panel = plots.Panel("finding", "x", "y", {"a": ([0, 1], [0, 1])}, levels={"half": 0.5})
    first, second = (plots.curves(panel, alt="A rising line.") for _ in range(2))
    bundle, metadata = DisplayFormatter().format(first)
    assert bundle["text/plain"] == metadata["image/png"]["alt"] == "A rising line."
    assert first.png() == second.png()


def test_a_frame_equals_the_full_drawing():
    panel = plots.Panel("", "x", "y", {"a": ([0, 1], [0, 1])}, ylim=(0, 1))
    moved, fresh = plots.curves(panel, alt=""), plots.curves(panel, alt="")
    artist = moved.artists_by_label[0, "a"]
    moved.frame([artist])
    artist.set_ydata([1, 0])
    fresh.artists_by_label[0, "a"].set_ydata([1, 0])
    frame, full = pixels(moved.frame([artist])), pixels(fresh.png())
    # Only what lies over the line, such as the legend, may differ.
    assert frame.shape == full.shape and (frame != full).any(axis=2).mean() < 0.01
