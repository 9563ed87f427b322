"""Wrong answers to assignment 5, question 4: name the fault."""

from tests.grading.answers import Wrong

RIGHT = """
def diagnose(images):
    found = card(images)
    if found["copied share"] > 0.5:
        return "copies"
    if found["precision"] < 0.6:
        return "torn"
    if found["recall"] < 0.4:
        return "few modes" if found["distance"] < 90 else "blur"
    return "proportions" if found["largest share"] > 0.3 else "none"
"""


def wrong(name, says, old, new):
    assert old in RIGHT
    return Wrong(name, "diagnose", says, RIGHT.replace(old, new))


WRONG = [
    wrong("sees no copies", "copies is taken for none", '["copied share"] > 0.5', '["recall"] < 0'),
    wrong("sees no torn digits", "torn is taken for", '"precision"] < 0.6', '"precision"] < 0'),
    wrong("sees no proportions", "proportions is taken for none", "> 0.3 else", "> 1 else"),
    wrong(
        "takes all that recall finds for a collapse",
        "blur is taken for few modes",
        'found["distance"] < 90',
        "True",
    ),
    wrong("finds a fault in real digits", "none is taken for", '"recall"] < 0.4', '"recall"] < 2'),
    wrong("a number", "must return one of", 'return "copies"', "return 3"),
    wrong("a name of its own", "must return one of", 'else "none"', 'else "all is well"'),
]
