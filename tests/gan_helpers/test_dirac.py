"""The Dirac game: its slopes, its paths, and the playground that draws them."""

import ast
import io
from pathlib import Path

from gan_helpers import pictures, playgrounds
from gan_helpers.playgrounds.dirac import (
    LOSSES,
    MOVES,
    REACH,
    d_slope,
    minimax,
    non_saturating,
    take_turns,
)

import nbformat
import numpy as np
import pytest
from PIL import Image

NOTEBOOK = Path(__file__).parents[2] / "notebooks" / "01_the_adversarial_game.ipynb"
points = np.random.default_rng(0).uniform(-2, 2, (2, 200))


def pixels(png):
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype(int)


def distances(*args, **kwargs):
    return np.hypot(*take_turns(*args, **kwargs).T)


def by_difference(function, axis, h=1e-6):
    up, down = points.copy(), points.copy()
    up[axis] += h
    down[axis] -= h
    return (function(*up) - function(*down)) / (2 * h)


def test_slopes_are_those_of_the_losses():
    def d(theta, psi):
        return 1 / (1 + np.exp(-psi * theta))

    def v(theta, psi):
        return np.log(0.5) + np.log(1 - d(theta, psi))

    np.testing.assert_allclose(minimax(*points), by_difference(v, 0), atol=1e-8)
    np.testing.assert_allclose(d_slope(*points), by_difference(v, 1), atol=1e-8)
    expected = by_difference(lambda theta, psi: -np.log(d(theta, psi)), 0)
    np.testing.assert_allclose(non_saturating(*points), expected, atol=1e-8)


def test_first_steps_by_hand():
    np.testing.assert_allclose(
        take_turns(1, 0.4), [[1, 0], [1 - 0.4 * 0.2 / (1 + np.exp(0.2)), -0.2]]
    )
    np.testing.assert_allclose(take_turns(1, 0.4, in_turn=False), [[1, 0], [1, -0.2]])
    costly = take_turns(2, 0.4, in_turn=False, cost=0.5)
    assert costly[2, 1] == pytest.approx(-0.2 - 0.4 * (1 / (1 + np.exp(0.2)) - 0.5 * 0.2))


def test_in_turn_the_minimax_game_keeps_its_distance_and_at_once_it_spirals_outward():
    ring = distances(20_000, 0.1)
    assert 0.99 < ring.min() and ring.max() < 1.02
    path = take_turns(400, 0.1, in_turn=False)
    squares = (path**2).sum(axis=1)
    fooled = 1 / (1 + np.exp(-path.prod(axis=1)))
    np.testing.assert_allclose(squares[1:], squares[:-1] * (1 + (0.1 * fooled[:-1]) ** 2))


def test_in_turn_the_non_saturating_game_spirals_inward_slowly():
    far = distances(40_000, 0.1, g_slope=non_saturating)
    np.testing.assert_allclose(far[[400, 4000, 40_000]], [0.4025, 0.1417, 0.0452], atol=1e-4)


def test_a_cost_of_moderate_strength_leads_in_fastest():
    far = {cost: distances(400, 0.1, cost=cost)[-1] for cost in (0, 0.1, 1, 5)}
    assert far[1] < 1e-5 < 0.1 < far[0.1] < 0.15 < far[0]
    assert 0.1 < far[5] < 0.15, "and more of it slows the players down"


def test_notebook_shows_this_very_code():
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    source = "\n".join(cell.source for cell in cells if "def " in cell.source)
    module = Path(playgrounds.__file__).with_name("dirac.py").read_text(encoding="utf-8")
    shown, ours = bodies(source), bodies(module)
    for name in ("minimax", "non_saturating", "d_slope", "take_turns"):
        assert shown[name] == ours[name]


def bodies(source):
    """Name -> code of each function, without docstring and annotations."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef):
            arguments = [(each.arg) for each in node.args.args]
            defaults = [ast.unparse(default) for default in node.args.defaults]
            body = node.body[1:] if ast.get_docstring(node) else node.body
            found[node.name] = arguments, defaults, [ast.unparse(line) for line in body]
    return found


def test_playground_draws_the_path_and_says_where_it_is():
    playground = playgrounds.dirac()
    path = take_turns(400, 0.1)
    line, _, start, end = playground.picture.paths["path"].artists
    np.testing.assert_array_equal(line.get_xydata(), path)
    np.testing.assert_array_equal(start.get_xydata(), path[:1])
    np.testing.assert_array_equal(end.get_offsets(), path[-1:])
    words = playground.picture.alt
    assert "Rate 0.10, cost 0.00, in turn, minimax loss. After 400 steps" in words
    assert "is 0.993, about as far as at the start" in words and "Times around: 3.1." in words
    assert playground.picture.axes[0].get_title().startswith("After 400 steps: 0.993 from")


@pytest.mark.parametrize(
    ("change", "arguments", "verdict"),
    [
        ({"rate": 0.05}, {"rate": 0.05}, "about as far"),
        ({"cost": 0.3}, {"rate": 0.1, "cost": 0.3}, "nearer than"),
        ({"moves": MOVES[1]}, {"rate": 0.1, "in_turn": False}, "farther than"),
        ({"loss": "non-saturating"}, {"rate": 0.1, "g_slope": non_saturating}, "nearer than"),
    ],
)
def test_each_control_redraws_picture_and_words(change, arguments, verdict):
    playground = playgrounds.dirac()
    ((name, value),) = change.items()
    before = pixels(playground.image.value)
    playground.controls[name].value = value
    assert (pixels(playground.image.value) != before).any()
    line = playground.picture.paths["path"].artists[0]
    np.testing.assert_array_equal(line.get_xydata(), take_turns(400, **arguments))
    assert verdict in playground.text.value
    same = {"moves": "in_turn"}.get(name, name), value if name != "moves" else False
    fresh = playgrounds.dirac(**dict([same]))
    assert fresh.image.value == playground.image.value
    assert fresh.picture.alt == playground.picture.alt


def test_arrows_show_the_steps_of_the_losses_that_are_chosen():
    playground = playgrounds.dirac(cost=0.5, loss="non-saturating")
    arrows = playground.picture.field
    theta, psi = arrows.X.reshape(arrows.U.shape), arrows.Y.reshape(arrows.V.shape)
    g_step, d_step = -non_saturating(theta, psi), d_slope(theta, psi) - 0.5 * psi
    length = np.hypot(g_step, d_step)
    np.testing.assert_allclose(arrows.U, g_step / length)
    np.testing.assert_allclose(arrows.V, d_step / length)


def test_one_slider_is_for_a_page_without_a_kernel_and_all_four_are_shown():
    for slider in ("rate", "cost"):
        playground = playgrounds.dirac(slider=slider)
        assert list(playground.sliders) == [slider]
        assert list(playground.controls) == ["rate", "cost", "moves", "loss"]
        shown = [*playground.controls.values(), playground.image, playground.text]
        assert list(playground.children) == shown
        assert playground.sliders[slider] is playground.controls[slider]
    assert playground.controls["loss"].options == tuple(LOSSES)


def test_words_say_when_a_path_leaves_the_picture():
    playground = playgrounds.dirac(rate=0.6, in_turn=False)
    assert np.abs(take_turns(400, 0.6, in_turn=False)).max() > REACH
    assert "It leaves the picture." in playground.picture.alt
    playground.sliders["rate"].value = 0.1
    assert "leaves" not in playground.picture.alt


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": 0}, "rate must satisfy 0.05 <= rate <= 1.0, got 0"),
        ({"cost": 2.1}, "cost must satisfy 0.0 <= cost <= 2.0, got 2.1"),
        ({"in_turn": "no"}, "in_turn must be True or False, got 'no'"),
        ({"loss": "hinge"}, r"loss must be one of \['minimax', 'non-saturating'\], got 'hinge'"),
        ({"steps": 0}, "steps must be from 1 to 5000, got 0"),
        ({"slider": "loss"}, "slider must be 'rate' or 'cost', got 'loss'"),
    ],
)
def test_playground_refuses_what_it_cannot_show(arguments, message):
    with pytest.raises(ValueError, match=message):
        playgrounds.dirac(**arguments)


def test_a_frame_equals_the_full_drawing():
    playground = playgrounds.dirac()
    playground.controls["cost"].value = 0.5
    moving = playground._moving
    for artist in moving:
        artist.set_animated(False)
    full = pixels(playground.picture.png(playground.picture.scale))
    assert (pixels(playground.image.value) != full).any(axis=2).mean() < 0.01


def test_image_rows_have_a_label_each():
    rows = {"epoch 0": np.zeros((3, 2, 2, 1)), "epoch 9": np.ones((3, 2, 2, 1))}
    (axis,) = pictures.image_rows(rows, "finding", alt="").axes
    assert [label.get_text() for label in axis.get_yticklabels()] == list(rows)
    assert axis.get_title() == "finding"
    shown = axis.images[0].get_array()
    np.testing.assert_array_equal(shown, pictures.tile(np.concatenate(list(rows.values())), 3))
    with pytest.raises(ValueError, match=r"rows must be of one length, got \[2, 3\]"):
        pictures.image_rows({"a": np.zeros((2, 2, 2)), "b": np.zeros((3, 2, 2))}, "", alt="")


def test_pixel_slopes_are_white_at_0_red_above_and_blue_below():
    slope = np.array([[-2.0, 0.0], [0.5, 1.0]])
    picture = pictures.pixel_slopes(np.zeros((2, 2, 1)), slope[..., None], "finding", alt="")
    shown = picture.axes[1].images[0]
    np.testing.assert_array_equal(shown.get_array(), slope)
    red, green, blue, _ = shown.to_rgba(slope).transpose(2, 0, 1)
    assert blue[0, 0] > red[0, 0] + 0.2 and red[1, 1] > blue[1, 1] + 0.2
    assert min(red[0, 1], green[0, 1], blue[0, 1]) > 0.95


def test_game_diagram_shows_a_digit_and_a_fake_in_their_boxes():
    real, fake = np.full((4, 4, 1), 0.5), np.full((4, 4, 1), -0.5)
    shown = pictures.game_diagram(real, fake).axes[0].images
    assert sorted(image.get_array().mean() for image in shown) == [-0.5, 0.5]
    assert not pictures.game_diagram().axes[0].images
