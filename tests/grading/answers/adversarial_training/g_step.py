"""Wrong answers to assignment 3: the generator's step."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong(
        "G's step updates D",
        "g_step",
        "G's turn changes D as well",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = tf.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        loss = losses.g_loss(discriminator(generator(z)))
    variables = generator.trainable_variables + discriminator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "the sample is detached",
        "g_step",
        "no gradient reaches the variables",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = tf.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        fake = tf.stop_gradient(generator(z))
        loss = losses.g_loss(discriminator(fake))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "the sample goes through NumPy",
        "g_step",
        "no gradient reaches the variables",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = np.random.normal(size=(n, generator.input_shape[-1])).astype("float32")
    with tf.GradientTape() as tape:
        loss = losses.g_loss(discriminator(generator(z).numpy()))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "labels 0 for G",
        "g_step",
        "G learns to be found out",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = tf.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        loss = losses.d_loss_fake(discriminator(generator(z)))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "the minimax loss",
        "g_step",
        "this is the minimax loss",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = tf.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        loss = losses.g_loss_minimax(discriminator(generator(z)))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "the same z reused, kept from the first call",
        "g_step",
        "draw z anew",
        """
kept = {}

def g_step(generator, discriminator, g_optimizer, n):
    shape = (n, generator.input_shape[-1])
    if shape not in kept:
        kept[shape] = tf.random.normal(shape)
    with tf.GradientTape() as tape:
        loss = losses.g_loss(discriminator(generator(kept[shape])))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "returns nothing",
        "g_step",
        "returns nothing",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = tf.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        loss = losses.g_loss(discriminator(generator(z)))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
""",
    ),
    Wrong(
        "latent vectors with a standard deviation of 0.9",
        "g_step",
        "the standard deviation of z is",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = 0.9 * tf.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        loss = losses.g_loss(discriminator(generator(z)))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "the optimizer is never applied",
        "g_step",
        "an optimizer has taken 0 steps, not one",
        """
def g_step(generator, discriminator, g_optimizer, n):
    z = tf.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        loss = losses.g_loss(discriminator(generator(z, training=True), training=True))
    variables = generator.trainable_variables
    for variable, slope in zip(variables, tape.gradient(loss, variables)):
        variable.assign_sub(g_optimizer.learning_rate * slope)
    return loss
""",
    ),
]
