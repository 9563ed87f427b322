"""Wrong answers to assignment 3: latent vectors of another distribution, in D's step."""

from tests.grading.answers import Wrong
from tests.grading.answers.adversarial_training.right import D_STEP

DRAWN = """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    shape = (len(real), generator.input_shape[-1])
    fake = generator(Z)
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
"""


def drawn(name: str, z: str, says: str) -> Wrong:
    """D's step with other latent vectors, an expression of `shape`."""
    return Wrong(f"latent vectors: {name}", "d_step", says, DRAWN.replace("Z", z))


WRONG = [
    drawn(
        "coins of 1 and -1",
        "tf.sign(tf.random.normal(shape))",
        "share a latent vector",
    ),
    drawn(
        "uniform with mean 0 and standard deviation 1",
        "tf.random.uniform(shape, -(3**0.5), 3**0.5)",
        "of z beyond 2 and -2",
    ),
    drawn(
        "a truncated normal distribution",
        "tf.random.truncated_normal(shape)",
        "standard normal distribution",
    ),
    drawn(
        "a standard deviation of 0.9",
        "tf.random.normal(shape, stddev=0.9)",
        "the standard deviation of z is",
    ),
    drawn(
        "one number repeated in all dimensions",
        "tf.repeat(tf.random.normal((shape[0], 1)), shape[1], axis=1)",
        "go together",
    ),
    drawn(
        "one latent vector for all samples",
        "tf.repeat(tf.random.normal((1, shape[1])), shape[0], axis=0)",
        "share a latent vector",
    ),
    Wrong(
        "the same latent vectors each time, in another order",
        "d_step",
        "two turns use the same latent vectors",
        """
kept = {}

def again(shape):
    if shape not in kept:
        kept[shape] = np.random.default_rng(0).standard_normal(shape).astype("float32")
    return np.random.default_rng().permutation(kept[shape])
"""
        + D_STEP.replace("tf.random.normal", "again"),
    ),
]
