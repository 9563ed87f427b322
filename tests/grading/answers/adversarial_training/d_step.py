"""Wrong answers to assignment 3: the discriminator's step."""

from tests.grading.answers import Wrong
from tests.grading.answers.adversarial_training.right import D_STEP

WRONG = [
    Wrong(
        "noise on the real samples",
        "d_step",
        "check the samples",
        D_STEP.replace(
            "    with", "    real = real + tf.random.normal(real.shape, stddev=3.0)\n    with"
        ),
    ),
    Wrong(
        "fake labels smoothed",
        "d_step",
        "your fake labels are smoothed too",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    with tf.GradientTape() as tape:
        r, f = discriminator(real), discriminator(fake)
        loss = tf.reduce_mean(cross(labels=tf.ones_like(r) - smooth, logits=r))
        loss += tf.reduce_mean(cross(labels=tf.zeros_like(f) + smooth, logits=f))
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "Keras's label_smoothing on both terms",
        "d_step",
        "half as strong as asked and on both sides",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    cross = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=smooth)
    with tf.GradientTape() as tape:
        r, f = discriminator(real), discriminator(fake)
        loss = cross(tf.ones_like(r), r) + cross(tf.zeros_like(f), f)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "smooth not handed on",
        "d_step",
        "is 0.1 written into your code?",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake))
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "smoothing left out",
        "d_step",
        "smoothing is left out",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), 0.0)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "D's step updates G",
        "d_step",
        "D's turn changes G as well",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    with tf.GradientTape() as tape:
        fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables + generator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "the optimizer takes one variable at a time",
        "d_step",
        "takes all of that network's in one call",
        D_STEP.replace(
            "d_optimizer.apply(tape.gradient(loss, variables), variables)",
            "for v, g in zip(variables, tape.gradient(loss, variables)):\n"
            "        d_optimizer.apply([g], [v])",
        ),
    ),
    Wrong(
        "the same z in every call",
        "d_step",
        "draw z anew in each call",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    z = keras.random.normal((len(real), generator.input_shape[-1]), seed=0)
    fake = generator(z)
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "latent vectors from the uniform distribution",
        "d_step",
        "standard normal distribution",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.uniform((len(real), generator.input_shape[-1]), -1, 1))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "half of d_loss",
        "d_step",
        "0.5 times as far",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth) / 2
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "climbs the loss",
        "d_step",
        "the step has the wrong sign",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply([-g for g in tape.gradient(loss, variables)], variables)
    return loss
""",
    ),
    Wrong(
        "an optimizer of its own",
        "d_step",
        "with the optimizer that was given",
        """
mine = keras.optimizers.SGD(0.01)

def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    for variable, slope in zip(variables, tape.gradient(loss, variables)):
        variable.assign_sub(0.01 * slope)
    return loss
""",
    ),
    Wrong(
        "computes the loss outside of the tape",
        "d_step",
        "inside the tape",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    r, f = discriminator(real), discriminator(fake)
    with tf.GradientTape() as tape:
        loss = losses.d_loss(r, f, smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "the latent dimension and the batch size of one notebook",
        "d_step",
        "generator.input_shape[-1]",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((100, 100)))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "right for the visible test's three latent numbers only",
        "d_step",
        "generator.input_shape[-1]",
        D_STEP.replace("generator.input_shape[-1]", "3"),
        hidden=True,
    ),
    Wrong(
        "the turn of GAN itself",
        "d_step",
        "does what this question asks",
        """
from gan_helpers.gan import GAN

def d_step(generator, discriminator, d_optimizer, real, smooth):
    gan = GAN(generator, discriminator)
    gan.compile(d_optimizer, keras.optimizers.SGD(0.1), smooth=smooth)
    z = tf.random.normal((len(real), generator.input_shape[-1]))
    return gan.train_d(tf.constant(real), z)[0]
""",
    ),
    Wrong(
        "moves G by hand where it has batch normalisation",
        "d_step",
        "where G has batch normalisation",
        D_STEP.replace(
            "    return loss",
            """    for variable in generator.trainable_variables:
        if "gamma" in variable.path:
            variable.assign(0.9 * variable)
    return loss""",
        ),
        hidden=True,
    ),
    Wrong(
        "z cut off",
        "d_step",
        "or cut off",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    z = 1.1 * tf.random.truncated_normal((len(real), generator.input_shape[-1]))
    fake = generator(z, training=True)
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "G left frozen",
        "d_step",
        "is left frozen",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    z = tf.random.normal((len(real), generator.input_shape[-1]))
    generator.trainable = False
    fake = generator(z, training=True)
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "the optimizer is never applied",
        "d_step",
        "an optimizer has taken 0 steps, not one",
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    z = tf.random.normal((len(real), generator.input_shape[-1]))
    fake = generator(z, training=True)
    with tf.GradientTape() as tape:
        r, f = discriminator(real, training=True), discriminator(fake, training=True)
        loss = losses.d_loss(r, f, smooth)
    variables = discriminator.trainable_variables
    for variable, slope in zip(variables, tape.gradient(loss, variables)):
        variable.assign_sub(d_optimizer.learning_rate * slope)
    return loss
""",
    ),
]
