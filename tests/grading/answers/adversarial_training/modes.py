"""Wrong answers to assignment 3: networks called without training=True."""

from tests.grading.answers import Wrong
from tests.grading.answers.adversarial_training.right import D_STEP

CALL = "generator(tf.random.normal((len(real), generator.input_shape[-1])), training=True)"

WRONG = [
    *(
        Wrong(
            f"in D's turn G's fakes come {how}",
            "d_step",
            "G must make the fakes",
            D_STEP.replace(CALL, call),
        )
        for how, call in (
            ("without training=True", CALL.replace(", training=True", "")),
            (
                "from predict",
                CALL.replace("(tf", ".predict(tf").replace("training=True", "verbose=0"),
            ),
        )
    ),
    Wrong(
        "in D's turn G is frozen",
        "d_step",
        "While trainable is False",
        D_STEP.replace(
            f"    fake = {CALL}\n",
            f"    generator.trainable = False\n    fake = {CALL}\n    generator.trainable = True\n",
        ),
    ),
    Wrong(
        "without training=True",
        "d_step",
        "is D called with training=True",
        D_STEP.replace("training=True", "training=False"),
    ),
    Wrong(
        "fakes judged without training=True",
        "d_step",
        "D judge them and the real samples, in the same mode",
        D_STEP.replace("(fake, training=True)", "(fake, training=False)"),
    ),
    Wrong(
        "without training=True",
        "g_step",
        "is G called with training=True",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = tf.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        loss = losses.g_loss(discriminator(generator(z, training=False), training=False))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "D without training=True",
        "g_step",
        "D must judge as it does in its own turn",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = tf.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        loss = losses.g_loss(discriminator(generator(z, training=True), training=False))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
]
