"""The parts of Keras that wait: away until they are used, and then what they always are."""

import subprocess
import sys

import pytest

LOADED = """
import sys
def loaded():
    return sorted({"sklearn", "matplotlib.pyplot"} & sys.modules.keys())
"""


def printed(program):
    """What a new Python prints."""
    command = [sys.executable, "-c", LOADED + program]
    ran = subprocess.run(command, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


def test_neither_the_import_nor_a_training_loads_what_only_those_parts_need():
    found = printed("""
import gan_helpers, inspect, keras, numpy as np
print(loaded())
from gan_helpers import networks
from gan_helpers.gan import GAN
gan = GAN(networks.build_generator(), networks.build_discriminator())
gan.compile(keras.optimizers.Adam(), keras.optimizers.Adam())
gan.fit(np.zeros((20, 28, 28, 1), np.float32), batch_size=10, verbose=0)
inspect.getmodule(type(gan))
print(loaded())
import pickle
print(pickle.loads(pickle.dumps(keras.Variable(1.0))).numpy(), loaded())
""")
    assert found == ["[]", "[]", "1.0 []"]


WRAPPER = "keras.src.wrappers.sklearn_wrapper"


@pytest.mark.parametrize(
    "use",
    [
        "import keras; print(keras.wrappers.SKLearnClassifier.__module__)",
        "from keras.wrappers import SKLearnClassifier as one; print(one.__module__)",
        "from keras.wrappers import *; print(SKLearnClassifier.__module__)",
        "import tensorflow as tf; print(tf.keras.wrappers.SKLearnClassifier.__module__)",
        f"import {WRAPPER} as part; print(part.__name__)",
    ],
)
def test_whoever_uses_a_part_gets_it(use):
    assert printed(f"import gan_helpers\n{use}\nprint('sklearn' in loaded())") == [WRAPPER, "True"]


def test_the_parts_look_from_outside_as_they_always_do():
    look = """
import keras
for part in (keras.wrappers, keras.visualization, keras.src.visualization):
    print(part.__name__, part.__package__, part.__file__, hasattr(part, "__wrapped__"))
    print(sorted(name for name in dir(part) if not name.startswith("__")))
    print(hasattr(part, "nothing"))
print(keras.visualization.plot_image_gallery.__module__)
"""
    assert printed("import gan_helpers" + look) == printed("import tensorflow" + look)


def test_what_was_imported_before_stays():
    found = printed("import tensorflow\nprint(loaded())\nimport gan_helpers\nprint(loaded())")
    assert found[0] == found[1] != "[]"


def test_the_import_leaves_nothing_in_the_way_of_other_imports():
    program = "import gan_helpers\nprint([f for f in sys.meta_path if 'gan_helpers' in repr(f)])"
    assert printed(program) == ["[]"]
