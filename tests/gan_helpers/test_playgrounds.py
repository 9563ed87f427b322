"""The playgrounds show what the theory says, and the pictures what they are given."""

import io
import signal
import types

from gan_helpers import charts, data, losses, networks, pictures, playgrounds
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
    playground = playgrounds.smoothing()
    playground.sliders["smooth"].value = smooth
    d, d_loss, g_loss = losses.equilibrium(smooth)
    assert f"D* = {d:.3f}, d_loss = {d_loss:.3f}, g_loss = {g_loss:.3f}" in playground.text.value
    x = playground.picture.artists_by_label[1, "D*"].get_xdata()
    p_data, p_g = data.gaussian(-1.5).density(x), data.gaussian(1.5).density(x)
    best = losses.optimal_discriminator(p_data, p_g, smooth)
    # The curves are searched up to logits of 8, where D is within 4e-4 of 0 or 1.
    np.testing.assert_allclose(line(playground, 1, "D*"), best, atol=5e-4)
    np.testing.assert_allclose(line(playground, 1, "D* where p_data = p_g"), d, atol=1e-5)
    minimum = playground.picture.artists_by_label[0, "real: minimum"]
    if smooth > 0.001:
        logit = np.log((1 - smooth) / smooth)
        np.testing.assert_allclose(minimum.get_xdata(), [logit], atol=2e-3)
        least = losses.d_loss_real(np.float64(logit), smooth).numpy()
        np.testing.assert_allclose(minimum.get_ydata(), [least], atol=2e-5)
        assert f"real sample is least at logit {logit:.2f}" in playground.text.value
    else:
        assert len(minimum.get_xdata()) == 0, "without smoothing there is no minimum to mark"
        words = "real sample has no minimum: it falls on as the logit goes to plus infinity"
        assert words in playground.text.value
    assert (
        "fake sample has no minimum: it falls on as the logit goes to minus"
        in playground.text.value
    )
    assert len(line(playground, 0, "fake: minimum")) == 0
    logits = playground.picture.artists_by_label[0, "fake"].get_xdata()
    np.testing.assert_allclose(line(playground, 0, "fake"), np.logaddexp(0, logits), atol=1e-12)


def test_smoothing_slider_redraws_picture_and_words_and_starts_at_its_default():
    playground = playgrounds.smoothing()
    slider = playground.sliders["smooth"]
    assert (slider.value, slider.min, slider.max) == (0.1, 0, 0.49)
    assert slider.tooltip == "Label smoothing: real labels are 1 - smooth"
    picture, words = playground.image.value, playground.text.value
    slider.value = 0.3
    assert "smooth = 0.30" in playground.text.value != words
    changed = (pixels(picture) != pixels(playground.image.value)).any(axis=(0, 2))
    half = len(changed) // 2
    assert changed[:half].any() and changed[half:].any(), "both panels are drawn anew"
    assert playground.image.value == playgrounds.smoothing(smooth=0.3).image.value
    slider.value = 0.1
    assert (playground.image.value, playground.text.value) == (picture, words)


def test_smoothing_slider_takes_the_readers_own_losses():
    playground = playgrounds.smoothing(d_loss_fake=two_sided, smooth=0.2)
    assert "D* = 0.500" in playground.text.value
    assert line(playground, 1, "D*").min() == pytest.approx(0.2, abs=1e-3)
    doubled = playgrounds.smoothing(lambda logits, s: 2 * losses.d_loss_real(logits, s))
    assert "D* = 0.600" in doubled.text.value  # 2 * 0.9 / (2 + 1)


def test_two_lambdas_on_one_line_bring_no_warning(caplog):
    """AutoGraph would complain that it cannot tell their sources apart."""
    tf.get_logger().addHandler(caplog.handler)
    playgrounds.smoothing(lambda x, s: losses.d_loss_real(x, s), lambda x, s: two_sided(x, s))
    tf.get_logger().removeHandler(caplog.handler)
    assert caplog.records == []


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
        ({"model": data.ring()}, ValueError, "model must be one-dimensional, got 2 dimensions"),
    ],
)
def test_smoothing_slider_refuses_what_it_cannot_show(arguments, error, message):
    with pytest.raises(error, match=message):
        playgrounds.smoothing(**arguments)


@pytest.mark.parametrize("logit", [-8.0, -1.0, 0.0, 3.5])
def test_generator_slider_shows_both_gradients(logit):
    playground = playgrounds.generator_loss()
    playground.sliders["logit"].value = logit
    d = 1 / (1 + np.exp(-logit))
    words = playground.picture.alt
    assert f"-log D: {d - 1:.4f}" in words and f"log(1 - D): {-d:.4f}" in words
    for panel, y in ((0, np.log(1 - d)), (1, -d)):
        point = playground.picture.artists_by_label[panel, "_minimax: log(1 - D)"]
        np.testing.assert_allclose([*point.get_xdata(), *point.get_ydata()], [logit, y], atol=2e-4)
        curve = playground.picture.artists_by_label[panel, "minimax: log(1 - D)"]
        np.testing.assert_allclose(np.interp(logit, *curve.get_data()), y, atol=2e-4)


def test_generator_slider_starts_anywhere_on_its_curves_and_nowhere_else():
    for logit in (-8, 8):
        assert playgrounds.generator_loss(logit=logit).sliders["logit"].value == logit
    with pytest.raises(ValueError, match="logit must satisfy -8 <= logit <= 8, got 9"):
        playgrounds.generator_loss(logit=9)
    with pytest.raises(TypeError, match="g_losses\\['mine'\\] must be a function, got 1"):
        playgrounds.generator_loss({"mine": 1})


def test_words_are_announced_and_a_readers_label_is_no_markup():
    playground = playgrounds.generator_loss({"<b>mine": losses.g_loss})
    assert playground.text.value.startswith('<p role="status" aria-live="polite">')
    assert "&lt;b&gt;mine" in playground.text.value and "<b>mine" in playground.picture.alt


def test_stored_display_has_words_and_a_picture_for_readers_without_a_kernel():
    playground = playgrounds.smoothing()
    bundle, metadata = DisplayFormatter().format(playground)
    assert bundle["text/plain"] == playground.picture.alt != ""
    alt = metadata["image/png"]["alt"]
    assert alt == f"{playground.shows} {playground.picture.alt}" and "densities" in alt
    assert bundle["application/vnd.jupyter.widget-view+json"]["model_id"] == playground.model_id
    assert len(bundle["image/png"]) > 1000
    # ipywidgets 7 has a method of this name, which IPython prefers to the bundle.
    assert playground._ipython_display_ is live_module._ProgressView._ipython_display_ is None


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
    np.testing.assert_array_equal(live.picture.grid.get_array(), final)
    for line, name in zip(live.picture.loss_lines, ("d_loss", "g_loss"), strict=True):
        done, values = line.get_data()
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
    np.testing.assert_array_equal(live.picture.grid.get_array(), final)
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


def test_tile_puts_each_image_in_its_place():
    images = np.stack([np.full((2, 3), value) for value in (0.1, 0.2, 0.3)])
    tiled = pictures.tile(images, columns=2)
    assert tiled.shape == (2 * 4, 2 * 5)
    assert (tiled[1:3, 6:9] == np.float32(0.2)).all() and (tiled[5:7, 1:4] == np.float32(0.3)).all()
    assert (tiled[4:, 5:] == -1).all(), "the missing fourth image is background"
    assert (tiled[0] == -1).all() and (tiled[:, 4:6] == -1).all(), "so is the frame of each"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pictures.tile(np.zeros((0, 28, 28)), 2), "images must have shape"),
        (lambda: pictures.tile(np.zeros((3, 28, 28, 2)), 2), r"3 channels, got \(3, 28, 28, 2\)"),
        (lambda: pictures.tile(np.zeros((3, 28)), 2), r"images must have shape .*got \(3, 28\)"),
        (lambda: pictures.tile(np.zeros((3, 28, 28)), 0), "columns must be at least 1, got 0"),
        (lambda: pictures.image_grid(alt=""), "got 0 for 0"),
        (lambda: pictures.image_grid(np.zeros((1, 2, 2)), titles="ab", alt=""), "got 2 for 1"),
        (lambda: charts.curves(alt=""), "panels must hold at least one"),
        (
            lambda: charts.curves(
                charts.Panel("", "", "", {str(i): ([0], [0]) for i in range(6)}), alt=""
            ),
            "lines must be at most 5 in a panel, got 6",
        ),
    ],
)
def test_pictures_refuse_what_they_cannot_draw(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@pytest.mark.parametrize("shape", [(3, 5, 3), (32, 32, 3), (1, 1, 3)])
def test_colours_are_drawn_as_they_are(shape):
    images = np.random.default_rng(0).uniform(-1, 1, (4, *shape)).astype(np.float32)
    tiled, (height, width, _) = pictures.tile(images, columns=3), shape
    assert tiled.shape == (2 * (height + 2), 3 * (width + 2), 3)
    assert tiled.min() >= 0 and tiled.max() <= 1, "the range in which matplotlib draws colours"
    second = tiled[1 : 1 + height, width + 3 : 2 * width + 3]
    np.testing.assert_allclose(second, (images[1] + 1) / 2, atol=1e-6)
    assert (tiled[0] == 0).all() and (tiled[height + 2 :, width + 2 :] == 0).all(), "black"
    red = np.zeros((1, 8, 8, 3)) + [1, -1, -1]
    drawn = pixels(pictures.image_grid(red, columns=1, alt="").png(4)).reshape(-1, 3)
    assert (drawn == [255, 0, 0]).all(axis=1).mean() > 0.3


def test_a_grid_may_be_grey_beside_colour_and_any_size():
    picture = pictures.image_grid(np.zeros((2, 32, 16, 3)), np.zeros((2, 5, 9)), columns=2, alt="")
    assert [axis.images[0].get_array().shape for axis in picture.axes] == [(34, 36, 3), (7, 22)]


@pytest.mark.parametrize("shape", [(32, 32, 3), (6, 10, 1), (5, 4)])
def test_scrubber_and_live_training_draw_colours_and_other_sizes(monkeypatch, shape):
    monkeypatch.setattr(live_module, "display", lambda view: None)
    gan = GAN(networks.build_generator(3, 4, shape), networks.build_discriminator(4, shape))
    gan.compile(keras.optimizers.SGD(), keras.optimizers.SGD())
    live, images = LiveTraining(latent_vectors(4, 3, seed=0)), np.zeros((8, *shape), np.float32)
    snapshots = Snapshots(live.latents)
    gan.fit(images, batch_size=4, verbose=0, callbacks=[live, snapshots])
    final = pictures.tile(gan.generator(live.latents).numpy(), 8)
    np.testing.assert_allclose(live.picture.grid.get_array(), final, atol=1e-6)
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


def test_picture_carries_its_description_and_is_the_same_each_time():
    panel = charts.Panel("finding", "x", "y", {"a": ([0, 1], [0, 1])}, levels={"half": 0.5})
    first, second = (charts.curves(panel, alt="A rising line.") for _ in range(2))
    bundle, metadata = DisplayFormatter().format(first)
    assert bundle["text/plain"] == metadata["image/png"]["alt"] == "A rising line."
    assert first.png() == second.png()
    assert b"matplotlib" not in first.png().lower(), "nor do they depend on its version"


def test_picture_is_shown_at_its_size_and_is_twice_as_sharp():
    picture = charts.Picture(alt="", figsize=(3, 2))
    bundle, metadata = DisplayFormatter().format(picture)
    assert (metadata["image/png"]["width"], metadata["image/png"]["height"]) == (300, 200)
    assert pixels(bundle["image/png"]).shape == (400, 600, 3)
    assert pixels(picture.png()).shape == (200, 300, 3)


def test_curves_show_what_the_panels_say():
    panels = [
        charts.Panel("one", "x", "y", {"a": ([0, 1], [2, 3]), "b": ([0], [1])}, {"p": (4, 5)}),
        charts.Panel("two", "u", "v", {"c": ([0, 1], [0, 1])}, {}, {"half": 0.5}, (-1, 2)),
    ]
    picture = charts.curves(*panels, alt="")
    one, two = picture.axes
    assert picture.get_figwidth() == 9.2, "wider ones are shrunk to the page"
    assert [(axis.get_title(), axis.get_xlabel(), axis.get_ylabel()) for axis in (one, two)] == [
        ("one", "x", "y"),
        ("two", "u", "v"),
    ]
    labels = [[text.get_text() for text in axis.get_legend().get_texts()] for axis in (one, two)]
    assert labels == [["a", "b", "p"], ["c", "half"]]
    lines = picture.artists_by_label
    drawn = {key: artist.get_xydata().tolist() for key, artist in lines.items()}
    assert (drawn[0, "a"], drawn[0, "p"]) == ([[0, 2], [1, 3]], [[4, 5]])
    assert list(lines[1, "half"].get_ydata()) == [0.5, 0.5] and two.get_ylim() == (-1, 2)
    for look in ("get_color", "get_linestyle"):  # each of them alone tells the lines apart
        assert getattr(lines[0, "a"], look)() != getattr(lines[0, "b"], look)()


def test_a_panel_has_room_for_as_many_lines_as_there_are_colours():
    panel = charts.Panel("", "", "", {str(i): ([0, 1], [i, i]) for i in range(5)})
    lines = charts.curves(panel, alt="").artists_by_label.values()
    assert len({line.get_color() for line in lines}) == 5


def test_image_grid_draws_each_grid_under_its_title_from_black_to_white():
    grids = [np.full((2, 3, 3), value) for value in (-0.5, 0.5)]
    picture = pictures.image_grid(*grids, columns=2, titles=("dark", "bright"), alt="")
    assert [axis.get_title() for axis in picture.axes] == ["dark", "bright"]
    images = [axis.images[0] for axis in picture.axes]
    for image, grid in zip(images, grids, strict=True):
        np.testing.assert_array_equal(image.get_array(), pictures.tile(grid, 2))
        black, grey, white = image.to_rgba(np.array([-1.0, 0.0, 1.0]))[:, 0]
        assert (black, white) == (0, 1) and abs(grey - 0.5) < 0.01


def test_histograms_show_shares_of_each_group():
    groups = {"many": np.full((10, 20), 0.3), "few": np.array([0.3, 0.9])}
    (axis,) = charts.histograms(groups, "finding", "D(x)", alt="", xlim=(0, 1)).axes
    assert (axis.get_title(), axis.get_xlabel()) == ("finding", "D(x)")
    assert [text.get_text() for text in axis.get_legend().get_texts()] == list(groups)
    many, few = axis.containers
    heights = [[round(bar.get_height(), 9) for bar in bars] for bars in (many, few)]
    assert [max(each) for each in heights] == [1, 0.5] and [sum(each) for each in heights] == [1, 1]
    assert (few[0].get_x(), few[-1].get_x() + few[-1].get_width()) == pytest.approx((0, 1))
    assert many[0].get_hatch() != few[0].get_hatch()


def test_bars_go_from_the_level_to_their_values_from_top_to_bottom():
    values = {"worse": 8.0, "better": 0.5}
    (axis,) = charts.bars(values, "finding", "ratio", alt="", level=1).axes
    assert [bar.get_x() + bar.get_width() for bar in axis.patches] == [8.0, 0.5]
    assert [bar.get_x() for bar in axis.patches] == [1, 1]
    worse, better = (bar.get_facecolor() for bar in axis.patches)
    assert worse != better
    assert [text.get_text() for text in axis.texts] == ["8", "0.5"]
    assert [label.get_text() for label in axis.get_yticklabels()] == ["worse", "better"]
    bottom, top = axis.get_ylim()
    assert top < bottom, "the first is at the top"
    assert (axis.get_title(), axis.get_xlabel(), axis.get_xscale()) == ("finding", "ratio", "log")
    left, right = axis.get_xlim()
    assert left < 0.5 and right > 8


@pytest.mark.parametrize(("values", "level"), [({}, 1), ({"a": 0.0}, 1), ({"a": 1.0}, -1)])
def test_bars_need_numbers_that_have_a_logarithm(values, level):
    with pytest.raises(ValueError, match="values and level must be above 0"):
        charts.bars(values, "", "", alt="", level=level)


def test_clouds_show_real_and_fake_points_and_discs_of_their_radii():
    real, fakes = np.array([[0, 1], [2, 0]]), {"near": np.array([[0, 0]]), "far": -np.ones((3, 2))}
    picture = charts.clouds(real, fakes, alt="Points.", radii=np.array([0.5, 1.5]))
    assert [axis.get_title() for axis in picture.axes] == ["near", "far"]
    for axis, fake in zip(picture.axes, fakes.values(), strict=True):
        drawn = {line.get_label(): line.get_xydata() for line in axis.lines}
        np.testing.assert_array_equal(drawn["real"], real)
        np.testing.assert_array_equal(drawn["fake"], fake)
        (discs,) = axis.collections
        widths = [path.get_extents().width for path in discs.get_paths()]
        np.testing.assert_allclose(widths, [1, 3])
    assert not charts.clouds(real, fakes, alt="").axes[0].collections
    with pytest.raises(ValueError, match=r"shape \(n, 2\), got \(4,\)"):
        charts.clouds(np.zeros(4), fakes, alt="")


def test_report_card_holds_the_numbers_and_marks_some_by_colour_and_sign():
    values = {"real": {"sharp": 0.994, "far": 1.5}, "noise": {"sharp": 1.0, "far": 1262.1}}
    picture = charts.report_card(values, {("noise", "far")}, "finding", alt="")
    (axis,) = picture.axes
    cells = axis.tables[0].get_celld()
    assert [cells[0, column].get_text().get_text() for column in (0, 1)] == ["sharp", "far"]
    assert [cells[row, -1].get_text().get_text() for row in (1, 2)] == ["real", "noise"]
    texts = [[cells[row, column].get_text().get_text() for column in (0, 1)] for row in (1, 2)]
    assert texts == [["0.99", "1.50"], ["1.00", "1,262 *"]]
    assert cells[2, 1].get_facecolor() != cells[2, 0].get_facecolor()
    assert axis.get_title() == "finding"


def test_game_paths_show_g_across_and_d_upwards_from_the_start_on():
    (axis,) = pictures.game_paths({"path": np.array([[1, 0], [2, 3]])}, "finding", alt="").axes
    path, start, equilibrium = (line.get_xydata().tolist() for line in axis.lines)
    assert (path, start, equilibrium) == ([[1, 0], [2, 3]], [[1, 0]], [[0, 0]])
    assert "$G$" in axis.get_xlabel() and "$D$" in axis.get_ylabel()
    assert axis.get_aspect() == 1 and axis.get_title() == "finding"


def test_game_diagram_names_the_players_and_describes_itself():
    picture = pictures.game_diagram()
    shown = " ".join(text.get_text() for text in picture.axes[0].texts)
    for name in ("generator", "discriminator", "real digits", "half real", "half fake"):
        assert name in shown
    assert "the generator G" in picture.alt and "the discriminator D" in picture.alt


def test_a_frame_equals_the_full_drawing():
    panel = charts.Panel("", "x", "y", {"a": ([0, 1], [0, 1])}, ylim=(0, 1))
    moved, fresh = charts.curves(panel, alt=""), charts.curves(panel, alt="")
    artist = moved.artists_by_label[0, "a"]
    moved.frame([artist])
    artist.set_ydata([1, 0])
    fresh.artists_by_label[0, "a"].set_ydata([1, 0])
    frame, full = pixels(moved.frame([artist])), pixels(fresh.png())
    # Only what lies over the line, such as the legend, may differ.
    assert frame.shape == full.shape and (frame != full).any(axis=2).mean() < 0.01
