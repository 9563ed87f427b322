"""Wrong answers to assignment 3: both steps."""

from tests.grading.answers import Wrong

# Both turns, on the latent vectors that an expression of `shape` gives.
WRITTEN_OUT = """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    shape, found = (len(real), generator.input_shape[-1]), []
    FIRST
    for network, optimizer in ((discriminator, d_optimizer), (generator, g_optimizer)):
        with tf.GradientTape() as tape:
            f = discriminator(generator(Z, training=True), training=True)
            r = discriminator(real, training=True)
            loss = losses.d_loss(r, f, smooth) if network is discriminator else losses.g_loss(f)
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        found.append(loss)
    return found
"""

WRONG = [
    Wrong(
        "D's latent vectors in another order",
        "train_step",
        "both turns use the same latent vectors",
        WRITTEN_OUT.replace("FIRST", "z = tf.random.normal(shape)").replace(
            "Z", "tf.random.shuffle(z)"
        ),
    ),
    Wrong(
        "the same latent vectors in each step",
        "train_step",
        "two steps use the same latent vectors",
        WRITTEN_OUT.replace("FIRST", "random = np.random.default_rng(0)").replace(
            "Z", 'random.standard_normal(shape).astype("float32")'
        ),
    ),
    Wrong(
        "in G's turn D is called without training=True",
        "train_step",
        "g_loss is another one than with training=True",
        WRITTEN_OUT.replace("FIRST", "")
        .replace("Z", "tf.random.normal(shape)")
        .replace(
            "training=True)\n            r", "training=network is discriminator)\n            r"
        ),
    ),
    Wrong(
        "networks called without training=True",
        "train_step",
        "d_loss is another one than with training=True",
        WRITTEN_OUT.replace("FIRST", "")
        .replace("Z", "tf.random.normal(shape)")
        .replace(", training=True", ""),
    ),
    Wrong(
        "one optimizer for both",
        "train_step",
        "a variable that it did not have in its first call",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    d_loss = d_step(generator, discriminator, d_optimizer, real, smooth)
    g_loss = g_step(generator, discriminator, d_optimizer, len(real))
    return d_loss, g_loss
""",
    ),
    Wrong(
        "the optimizers exchanged",
        "train_step",
        "D is moved by G's optimizer",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    d_loss = d_step(generator, discriminator, g_optimizer, real, smooth)
    g_loss = g_step(generator, discriminator, d_optimizer, len(real))
    return d_loss, g_loss
""",
    ),
    Wrong(
        "one step down the sum of both losses",
        "train_step",
        "are added and move both networks",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    z = tf.random.normal((len(real), generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        f = discriminator(generator(z))
        d_loss, g_loss = losses.d_loss(discriminator(real), f, smooth), losses.g_loss(f)
        loss = d_loss + g_loss
    variables = discriminator.trainable_variables + generator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return d_loss, g_loss
""",
    ),
    Wrong(
        "the same z in both turns",
        "train_step",
        "both turns use the same latent vectors",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    z = tf.random.normal((len(real), generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        d_loss = losses.d_loss(discriminator(real), discriminator(generator(z)), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(d_loss, variables), variables)
    with tf.GradientTape() as tape:
        g_loss = losses.g_loss(discriminator(generator(z)))
    variables = generator.trainable_variables
    g_optimizer.apply(tape.gradient(g_loss, variables), variables)
    return d_loss, g_loss
""",
    ),
    Wrong(
        "both gradients taken before either step",
        "train_step",
        "against D as it was before its turn",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    shape = (len(real), generator.input_shape[-1])
    with tf.GradientTape() as d_tape, tf.GradientTape() as g_tape:
        fake = generator(tf.random.normal(shape))
        d_loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
        g_loss = losses.g_loss(discriminator(generator(tf.random.normal(shape))))
    for tape, loss, optimizer, network in (
        (d_tape, d_loss, d_optimizer, discriminator), (g_tape, g_loss, g_optimizer, generator)
    ):
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
    return d_loss, g_loss
""",
    ),
    Wrong(
        "two steps of D",
        "train_step",
        "one step",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    d_step(generator, discriminator, d_optimizer, real, smooth)
    d_loss = d_step(generator, discriminator, d_optimizer, real, smooth)
    g_loss = g_step(generator, discriminator, g_optimizer, len(real))
    return d_loss, g_loss
""",
    ),
    Wrong(
        "G's turn left out",
        "train_step",
        "G's variables do not change",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    d_loss = d_step(generator, discriminator, d_optimizer, real, smooth)
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    return d_loss, losses.g_loss(discriminator(fake))
""",
    ),
    Wrong(
        "losses exchanged in the result",
        "train_step",
        "the d_loss that train_step returns",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    d_loss = d_step(generator, discriminator, d_optimizer, real, smooth)
    g_loss = g_step(generator, discriminator, g_optimizer, len(real))
    return g_loss, d_loss
""",
    ),
    Wrong(
        "latent vectors cut off at 2",
        "train_step",
        "standard normal distribution",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    found, shape = [], (len(real), generator.input_shape[-1])
    for network, optimizer in ((discriminator, d_optimizer), (generator, g_optimizer)):
        with tf.GradientTape() as tape:
            f, r = discriminator(generator(tf.random.truncated_normal(shape))), discriminator(real)
            loss = losses.d_loss(r, f, smooth) if network is discriminator else losses.g_loss(f)
        variables = network.trainable_variables
        optimizer.apply(tape.gradient(loss, variables), variables)
        found.append(loss)
    return found
""",
    ),
    Wrong(
        "new optimizers in each step",
        "train_step",
        "an optimizer has taken 0 steps, not one",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    mine = [keras.optimizers.SGD(float(each.learning_rate)) for each in (d_optimizer, g_optimizer)]
    d_loss = d_step(generator, discriminator, mine[0], real, smooth)
    return d_loss, g_step(generator, discriminator, mine[1], len(real))
""",
    ),
    Wrong(
        "G's turn first",
        "train_step",
        "G's turn comes first",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    g_loss = g_step(generator, discriminator, g_optimizer, len(real))
    return d_step(generator, discriminator, d_optimizer, real, smooth), g_loss
""",
    ),
    Wrong(
        "smooth not handed on",
        "train_step",
        "is 0.1 written into your code?",
        """
def train_step(generator, discriminator, d_optimizer, g_optimizer, real, smooth):
    d_loss = d_step(generator, discriminator, d_optimizer, real, 0.1)
    return d_loss, g_step(generator, discriminator, g_optimizer, len(real))
""",
    ),
]
