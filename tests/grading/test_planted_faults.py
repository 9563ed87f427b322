"""The faults that the assignment "measure and cure" plants, against the limits it gives."""

from tests.grading.answers.test_assignments import source

import numpy as np


def test_a_set_that_is_half_ones_holds_no_copies():
    """1s look so much alike that many lie near a training image."""

    class OnesAlone(np.random.Generator):
        def integers(self, *_):
            return 1

    given = {}
    for cell in source("measure_and_cure").cells:
        if cell.id in ("imports", "planted", "card"):
            exec(cell.source, given)
    for seed in range(3):
        drawn = given["planted"]("proportions", OnesAlone(np.random.PCG64(seed)))
        share = given["card"](drawn)["copied share"]
        assert 0.2 < share < given["LIMITS"]["copied share"][1], share
