"""The smallest game of notebook 01: one number for G, one for D, and the path of their steps."""

from collections.abc import Callable

from gan_helpers import pictures
from gan_helpers.playgrounds.base import Playground, sigmoid, slider_for

import ipywidgets
import numpy as np

REACH = 2.0  # the picture shows theta and psi from -REACH to REACH
RATES, COSTS = (0.05, 1.0, 0.05), (0.0, 2.0, 0.05)  # least, greatest, step of each slider


def minimax(theta: float, psi: float) -> float:
    """Slope in theta of log(1 - D(theta)), with D(x) = sigmoid(psi * x)."""
    return -psi * sigmoid(psi * theta)


def non_saturating(theta: float, psi: float) -> float:
    """Slope in theta of -log D(theta)."""
    return -psi * sigmoid(-psi * theta)


def d_slope(theta: float, psi: float) -> float:
    """Slope of V in psi."""
    return -theta * sigmoid(psi * theta)


def take_turns(
    steps: int,
    rate: float,
    in_turn: bool = True,
    g_slope: Callable = minimax,
    cost: float = 0.0,
) -> np.ndarray:
    """The path of (theta, psi) from (1, 0) on.

    The data is the number 0, G's sample the number theta, D(x) = sigmoid(psi * x). D steps up
    V(theta, psi) - cost * psi ** 2 / 2, where `cost` is the strength of the penalty R1: the
    gradient of D's logit in its input is psi. G steps down its own loss.

    Args:
        steps: how many steps each player takes.
        rate: length of a step, in slopes.
        in_turn: D moves first, and G answers; False: both move at the same moment.
        g_slope: (theta, psi) -> slope of G's loss in theta; `minimax` or `non_saturating`.
        cost: of a steep D, at least 0.

    Returns:
        float64 (steps + 1, 2): theta and psi before the first step and after each one.

    Source: Mescheder, Geiger and Nowozin 2018, definition 2.1 and section 4.1.
    """
    path = [(1.0, 0.0)]
    for _ in range(steps):
        theta, psi = path[-1]
        new_psi = psi + rate * (d_slope(theta, psi) - cost * psi)
        new_theta = theta - rate * g_slope(theta, new_psi if in_turn else psi)
        path.append((new_theta, new_psi))
    return np.array(path)


LOSSES = {"minimax": minimax, "non-saturating": non_saturating}
MOVES = ["in turn", "at the same moment"]


def dirac(
    rate: float = 0.1,
    cost: float = 0.0,
    in_turn: bool = True,
    loss: str = "minimax",
    steps: int = 400,
    slider: str = "rate",
) -> Playground:
    """The Dirac game: rate, cost, who moves when and G's loss, and the path that they make.

    Args:
        rate: where its slider starts, 0.05 to 1.
        cost: where its slider starts, 0 to 2; the strength of the penalty R1 on D.
        in_turn: D moves first, and G answers; False: both move at the same moment.
        loss: G's, "minimax" or "non-saturating".
        steps: how many steps each player takes, 1 to 5,000.
        slider: "rate" or "cost": what a page without a kernel lets its reader move.

    Returns:
        The playground. Its `sliders` holds the one named by `slider`, and `controls` all four,
        under the names "rate", "cost", "moves" and "loss".

    Raises:
        ValueError: an argument is not one of those.

    Source: Mescheder, Geiger and Nowozin 2018, definition 2.1 and section 4.1.
    """
    for name, value, (low, high, _) in (("rate", rate, RATES), ("cost", cost, COSTS)):
        if not low <= value <= high:
            raise ValueError(f"{name} must satisfy {low} <= {name} <= {high}, got {value!r}")
    if in_turn not in (True, False):
        raise ValueError(f"in_turn must be True or False, got {in_turn!r}")
    if loss not in LOSSES:
        raise ValueError(f"loss must be one of {list(LOSSES)}, got {loss!r}")
    if not 1 <= steps <= 5000:
        raise ValueError(f"steps must be from 1 to 5000, got {steps!r}")
    if slider not in ("rate", "cost"):
        raise ValueError(f"slider must be 'rate' or 'cost', got {slider!r}")

    controls = {
        "rate": slider_for("rate", rate, *RATES, "Rate: how long each step is"),
        "cost": slider_for("cost", cost, *COSTS, "Cost: what D pays for a steep slope"),
        "moves": _choice("moves", MOVES, MOVES[not in_turn], "Who moves when"),
        "loss": _choice("G's loss", list(LOSSES), loss, "What G steps down"),
    }
    picture = pictures.game_paths(
        {"path": take_turns(steps, rate)},
        "distance",
        alt="",
        field=_field("minimax", 0),
        reach=REACH,
    )
    shown = picture.paths["path"]
    axis = picture.axes[0]

    def redraw(**_) -> str:
        values = {name: control.value for name, control in controls.items()}
        path = take_turns(
            steps,
            values["rate"],
            values["moves"] == MOVES[0],
            LOSSES[values["loss"]],
            values["cost"],
        )
        picture.set_field(_field(values["loss"], values["cost"]))
        shown.set(path)
        distance = np.hypot(*path.T)
        axis.title.set_text(f"After {steps:,} steps: {distance[-1]:.3f} from the equilibrium")
        return _words(values, distance, path)

    moving = [picture.field, *shown.artists, axis.title]
    shows = (
        "The plane of theta, where G puts its sample, and psi, the slope of D's logit. Arrows "
        "show the way that both players' steps point, a line the path, a dot its start, a square "
        "where it is after the last step, a star the equilibrium."
    )
    playground = Playground({slider: controls[slider]}, redraw, picture, moving, shows)
    playground.controls = controls
    playground.children = [*controls.values(), playground.image, playground.text]
    for name, control in controls.items():
        if name != slider:
            control.observe(playground._update, "value")
    return playground


def _choice(name: str, options: list[str], value: str, hint: str) -> ipywidgets.Dropdown:
    dropdown = ipywidgets.Dropdown(options=options, value=value, description=name)
    dropdown.tooltip = hint
    return dropdown


def _field(loss: str, cost: float) -> Callable:
    """(theta, psi) -> the players' steps from there, G's and D's, for a rate of 1."""
    return lambda theta, psi: (
        -LOSSES[loss](theta, psi),
        d_slope(theta, psi) - cost * psi,
    )


def _words(values: dict, distance: np.ndarray, path: np.ndarray) -> str:
    """What a path shows, for those who cannot see it."""
    start, end = distance[0], distance[-1]
    if abs(end / start - 1) < 0.05:
        verdict = "about as far as at the start"
    else:
        verdict = "nearer than at the start" if end < start else "farther than at the start"
    angles = np.unwrap(np.arctan2(*path.T))
    around = abs(angles[-1] - angles[0]) / (2 * np.pi)
    leaves = " It leaves the picture." if np.abs(path).max() > REACH else ""
    return (
        f"Rate {values['rate']:.2f}, cost {values['cost']:.2f}, {values['moves']}, "
        f"{values['loss']} loss. After {len(path) - 1:,} steps the distance from the equilibrium "
        f"is {end:.3f}, {verdict}; on the way it was {distance.min():.3f} to "
        f"{distance.max():.3f}. Times around: {around:.1f}.{leaves}"
    )
