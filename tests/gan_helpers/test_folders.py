"""A folder of images: what comes out, and what is refused."""

from gan_helpers import networks
from gan_helpers.folders import load_images
from gan_helpers.gan import GAN, ConditionalGAN

import keras
import numpy as np
import pytest
import tensorflow as tf

RNG = np.random.default_rng(0)


def write(file, pixels):
    file.parent.mkdir(parents=True, exist_ok=True)
    encode = tf.io.encode_jpeg if file.suffix == ".jpg" else tf.io.encode_png
    file.write_bytes(encode(pixels).numpy())


def pixels(*shape):
    return RNG.integers(0, 256, shape).astype(np.uint8)


def sorted_rows(images):
    return np.sort(images.reshape(len(images), -1), axis=0)


def test_grey_images_without_labels_come_out_as_they_are(tmp_path):
    originals = [pixels(28, 28, 1) for _ in range(6)]
    for number, original in enumerate(originals):
        write(tmp_path / f"{number}.png", original)
    write(tmp_path / ".hidden.png", pixels(4, 4, 1))
    (tmp_path / "notes.txt").write_text("not an image")
    found = load_images(tmp_path)
    assert found.images.shape == (6, 28, 28, 1) and found.images.dtype == np.float32
    assert found.labels is None and found.names == ()
    expected = np.stack(originals).astype(np.float32) / np.float32(127.5) - 1
    np.testing.assert_array_equal(sorted_rows(found.images), sorted_rows(expected))
    assert not np.array_equal(found.images, expected), "mixed"
    np.testing.assert_array_equal(found.images, load_images(tmp_path).images)


def test_subfolders_are_labels_and_each_image_keeps_its_own(tmp_path):
    for value, name in ((0, "zebra"), (255, "ant")):
        for number in range(3):
            image = np.full((32, 32, 3), (value, value, 7), np.uint8)
            write(tmp_path / name / "deeper" / f"{number}.png", image)
    images, labels, names = load_images(str(tmp_path))
    assert images.shape == (6, 32, 32, 3) and names == ("ant", "zebra")
    assert labels.dtype == np.int64 and sorted(labels) == [0, 0, 0, 1, 1, 1]
    np.testing.assert_array_equal(images[:, 0, 0, 0], np.where(labels == 0, 1, -1))


@pytest.mark.parametrize("shape", [(28, 28, 1), (32, 32, 3)])
def test_what_is_loaded_trains_convolutional_networks(tmp_path, shape):
    for number in range(4):
        write(tmp_path / str(number % 2) / f"{number}.png", pixels(*shape))
    images, labels, names = load_images(tmp_path)
    g = networks.build_conv_generator(4, 2, shape)
    plain = GAN(g, networks.build_conv_discriminator(2, shape))
    g = networks.build_conv_generator(4 + len(names), 2, shape)
    told = ConditionalGAN(g, networks.build_conditional_discriminator(2, len(names), shape))
    for gan, given in ((plain, (images,)), (told, (images, labels))):
        gan.compile(keras.optimizers.SGD(0.01), keras.optimizers.SGD(0.01), run_eagerly=True)
        gan.fit(*given, batch_size=4, verbose=0)
        assert gan.sample(2, seed=0).shape == (2, *shape)


def test_images_are_brought_to_a_size_cut_around_their_middle(tmp_path):
    wide = np.zeros((30, 50, 1), np.uint8)
    wide[:, 10:40] = 200
    write(tmp_path / "wide.png", wide)
    write(tmp_path / "fits.png", np.full((28, 28, 1), 200, np.uint8))
    images = load_images(tmp_path, size=(28, 28)).images
    np.testing.assert_allclose(images, 200 / 127.5 - 1, atol=1e-5)


def test_grey_saved_as_colours_is_grey_and_one_colour_makes_all_coloured(tmp_path):
    grey = np.repeat(pixels(8, 8, 1), 3, axis=2)
    write(tmp_path / "a.png", grey)
    write(tmp_path / "b.jpg", np.full((8, 8, 1), 77, np.uint8))
    assert load_images(tmp_path).images.shape == (2, 8, 8, 1)
    assert load_images(tmp_path, channels=3).images.shape == (2, 8, 8, 3)
    write(tmp_path / "c.png", np.full((8, 8, 3), (255, 0, 0), np.uint8))
    assert load_images(tmp_path).images.shape == (3, 8, 8, 3)
    red = load_images(tmp_path, channels=1).images
    assert red.shape == (3, 8, 8, 1)
    # The brightness of pure red is 0.2989 of white's.
    assert np.isclose(red, 76 / 127.5 - 1, atol=0.01).all(axis=(1, 2, 3)).any()


def test_an_opaque_fourth_channel_is_left_out(tmp_path):
    write(tmp_path / "a.png", np.full((8, 8, 4), (9, 8, 7, 255), np.uint8))
    assert load_images(tmp_path).images.shape == (1, 8, 8, 3)


def several_sizes(folder):
    for number, side in enumerate((28, 28, 32)):
        write(folder / f"{number}.png", pixels(side, side, 1))


def images_beside_subfolders(folder):
    for name in ("a.png", "label/b.png"):
        write(folder / name, pixels(8, 8, 1))


def damaged(folder):
    (folder / "a.png").write_bytes(b"no image")


def transparent(folder):
    write(folder / "a.png", np.full((8, 8, 4), 100, np.uint8))


@pytest.mark.parametrize(
    ("make", "kwargs", "message"),
    [
        (lambda folder: None, {}, r"holds no images: no file in it ends in \.bmp, .*\.png"),
        (
            several_sizes,
            {},
            r"several sizes: 28 x 28 \(2 files\), 32 x 32 \(1 files\); give size=\(height, width\)",
        ),
        (
            lambda folder: write(folder / "a.png", pixels(30, 21, 3)),
            {},
            r"are 30 x 21, but .* sides that 4 divides; give for example size=\(32, 20\)",
        ),
        (images_beside_subfolders, {}, r"got both: a\.png and label.b\.png"),
        (damaged, {}, r"image .*a\.png' is damaged"),
        (transparent, {}, r"image .*a\.png' is partly transparent"),
        (several_sizes, {"size": (28, 30)}, r"size must be .* divided by 4, got \(28, 30\)"),
        (several_sizes, {"size": (28,)}, r"size must be \(height, width\).*got \(28,\)"),
        (several_sizes, {"channels": 2}, "channels must be None, 1 or 3, got 2"),
    ],
)
def test_what_cannot_be_read_is_refused_in_one_line(tmp_path, make, kwargs, message):
    make(tmp_path)
    with pytest.raises(ValueError, match=message) as caught:
        load_images(tmp_path, **kwargs)
    assert "\n" not in str(caught.value)


def test_a_folder_that_is_missing_is_named(tmp_path):
    with pytest.raises(FileNotFoundError, match="there is none at .*nowhere"):
        load_images(tmp_path / "nowhere")
