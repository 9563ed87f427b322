"""Wrong answers to assignment 5, question 3: which measure finds which fault."""

from tests.grading.answers import Wrong

RIGHT = """
finds = {
    "distance": ["blur", "torn", "few modes", "proportions"],
    "precision": ["torn"],
    "recall": ["blur", "few modes"],
    "copied share": ["copies"],
    "largest share": ["torn", "proportions"],
}
"""


def wrong(name, says, old, new, hidden=True):
    assert old in RIGHT
    return Wrong(name, "finds", says, RIGHT.replace(old, new), hidden)


WRONG = [
    wrong(
        "the distance finds copies",
        "distance, copies: the measure is",
        '"proportions"],\n    "precision',
        '"proportions", "copies"],\n    "precision',
    ),
    wrong("recall finds blur alone", "recall, few modes", '"blur", "few modes"]', '"blur"]'),
    wrong("precision finds no copies", "precision, copies", '["torn"]', '["torn", "copies"]'),
    wrong(
        "all that is thought of first",
        "recall, blur: the measure is",
        '["blur", "few modes"]',
        '["few modes", "proportions"]',
    ),
    wrong("a fault misspelt", "are no faults", '["copies"]', '["copy"]', hidden=False),
    wrong("a measure is missing", "finds needs", '    "recall"', '    # "recall"', hidden=False),
]
