"""Grids of images and the pictures of the game show what they are given."""

import io

from gan_helpers import charts, pictures

import numpy as np
import pytest
from PIL import Image


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


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


def test_image_grid_draws_each_grid_under_its_title_from_black_to_white():
    grids = [np.full((2, 3, 3), value) for value in (-0.5, 0.5)]
    picture = pictures.image_grid(*grids, columns=2, titles=("dark", "bright"), alt="")
    assert [axis.get_title() for axis in picture.axes] == ["dark", "bright"]
    images = [axis.images[0] for axis in picture.axes]
    for image, grid in zip(images, grids, strict=True):
        np.testing.assert_array_equal(image.get_array(), pictures.tile(grid, 2))
        black, grey, white = image.to_rgba(np.array([-1.0, 0.0, 1.0]))[:, 0]
        assert (black, white) == (0, 1) and abs(grey - 0.5) < 0.01


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
