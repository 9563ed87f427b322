"""Answers to assignment 3. Those that draw load a generator that was trained once."""

from tests.grading.answers import Right, Wrong

# The generator of the reference solution.
LOADED = """
trained = keras.saving.load_model("trained.keras")

def draw(n):
    labels = tf.one_hot(np.arange(n) % 10, 10)
    return trained(tf.concat([tf.random.normal((n, 64)), labels], axis=1)).numpy()
"""

WRONG = [
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
        """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), 3)))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
        hidden=True,
    ),
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
        "one optimizer for both",
        "train_step",
        "one optimizer is given the variables of both networks",
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
        "an untrained generator",
        "draw",
        "the darkest pixel",
        """
generator = networks.build_conv_generator()

def draw(n):
    return generator(tf.random.normal((n, 64))).numpy()
""",
    ),
    Wrong(
        "a barely trained generator",
        "draw",
        "is below 0.70",
        """
gan = ConditionalGAN(
    networks.build_conv_generator(64 + 10), networks.build_conditional_discriminator(), seed=1
)
gan.compile(
    keras.optimizers.Adam(0.001, beta_1=0.5), keras.optimizers.Adam(0.004, beta_1=0.5), g_ema=0.99
)
gan.fit(digits.images[:2500], digits.labels[:2500], batch_size=32, epochs=1, verbose=0)

def draw(n):
    return gan.sample(n, seed=int(np.random.default_rng().integers(2**31)))
""",
    ),
    Wrong(
        "mode collapse: surely digits, but zeros only",
        "draw",
        "modes are missing",
        """
trained = keras.saving.load_model("trained.keras")

def draw(n):
    labels = tf.one_hot(np.zeros(n, int), 10)
    return trained(tf.concat([tf.random.normal((n, 64)), labels], axis=1)).numpy()
""",
    ),
    Wrong(
        "every other image mixed of two digits",
        "draw",
        "are both too small",
        """
trained = keras.saving.load_model("trained.keras")

def draw(n):
    labels = tf.one_hot(np.arange(n) % 10, 10)
    drawn = trained(tf.concat([tf.random.normal((n, 64)), labels], axis=1)).numpy()
    mixed = (drawn + drawn[::-1]) / 2
    return np.where(np.arange(n)[:, None, None, None] % 2, mixed, drawn)
""",
    ),
    Wrong(
        "the same image n times",
        "draw",
        "are the same",
        """
trained = keras.saving.load_model("trained.keras")

def draw(n):
    z = tf.concat([tf.random.normal((1, 64)), tf.one_hot([3], 10)], axis=1)
    return np.repeat(trained(z).numpy(), n, axis=0)
""",
    ),
    Wrong(
        "the same images at each call",
        "draw",
        "at each call",
        """
from gan_helpers.gan import latent_vectors

trained = keras.saving.load_model("trained.keras")

def draw(n):
    labels = tf.one_hot(np.arange(n) % 10, 10)
    z = latent_vectors(n, 64, seed=5)
    return trained(tf.concat([z, labels], axis=1)).numpy()
""",
    ),
    Wrong(
        "pixels from 0 to 1",
        "draw",
        "the darkest pixel",
        LOADED.replace(".numpy()", ".numpy() / 2 + 0.5"),
    ),
    Wrong(
        "flat images",
        "draw",
        "must give an array of shape",
        LOADED.replace(".numpy()", ".numpy().reshape(n, 784)"),
    ),
    Wrong(
        "the training images in a new order",
        "draw",
        "the training images themselves",
        """
def draw(n):
    return np.random.permutation(digits.images)[:n]
""",
        hidden=True,
    ),
    Wrong(
        "the training images with some noise",
        "draw",
        "the training images themselves",
        """
def draw(n):
    images = np.random.permutation(digits.images)[:n]
    return np.clip(images + np.random.normal(0, 0.1, images.shape), -1, 1)
""",
        hidden=True,
    ),
]

RIGHT = [
    Right(
        "compiled, with apply_gradients, predict and training=True",
        {
            "d_step": """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    noise = np.random.default_rng().standard_normal((len(real), generator.input_shape[-1]))
    fake = generator.predict(noise.astype("float32"), verbose=0)
    with tf.GradientTape() as tape:
        r, f = discriminator(real, training=True), discriminator(fake, training=True)
        loss = losses.d_loss_real(r, smooth) + losses.d_loss_fake(f)
    grads = tape.gradient(loss, discriminator.trainable_weights)
    d_optimizer.apply_gradients(zip(grads, discriminator.trainable_weights))
    return float(loss)
""",
            "g_step": """
@tf.function
def g_step(generator, discriminator, g_optimizer, n):
    z = keras.random.normal((n, generator.input_shape[-1]))
    with tf.GradientTape() as tape:
        loss = losses.g_loss(discriminator(generator(z, training=True), training=True))
    grads = tape.gradient(loss, generator.trainable_variables)
    g_optimizer.apply_gradients(zip(grads, generator.trainable_variables))
    return loss
""",
        },
    ),
    Right(
        "one batch of real and fake, Keras's loss with weights",
        {
            "d_step": """
bce = keras.losses.BinaryCrossentropy(from_logits=True, reduction=None)

def d_step(generator, discriminator, d_optimizer, real, smooth):
    n = len(real)
    fake = generator(tf.random.normal((n, generator.input_shape[1])))
    both = tf.concat([tf.cast(real, tf.float32), fake], axis=0)
    labels = tf.concat([tf.fill((n, 1), 1.0 - smooth), tf.zeros((n, 1))], axis=0)
    with tf.GradientTape() as tape:
        loss = 2 * tf.reduce_mean(bce(labels, discriminator(both)))
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss.numpy()
""",
        },
    ),
    Right(
        "in the style of PyTorch: detach, then two backward passes",
        {
            "d_step": """
criterion = tf.nn.sigmoid_cross_entropy_with_logits

def d_step(netG, netD, optimizerD, data, smooth):
    b_size = data.shape[0]
    fake = netG(tf.random.normal((b_size, netG.input_shape[-1])))
    with tf.GradientTape(persistent=True) as tape:
        output = netD(data)
        errD_real = tf.reduce_mean(criterion(tf.fill((b_size, 1), 1.0 - smooth), output))
        output = netD(tf.stop_gradient(fake))
        errD_fake = tf.reduce_mean(criterion(tf.fill((b_size, 1), 0.0), output))
    weights = netD.trainable_weights
    grads = [a + b for a, b in zip(tape.gradient(errD_real, weights),
                                   tape.gradient(errD_fake, weights))]
    optimizerD.apply(grads, weights)
    return errD_real + errD_fake
""",
        },
    ),
    Right(
        "the whole step written out, NumPy numbers in a list",
        {
            "train_step": """
def train_step(G, D, opt_d, opt_g, real, smooth):
    found = []
    for network, optimizer in ((D, opt_d), (G, opt_g)):
        with tf.GradientTape() as tape:
            fake = D(G(tf.random.normal((len(real), G.input_shape[-1]))))
            loss = losses.d_loss(D(real), fake, smooth) if network is D else losses.g_loss(fake)
        optimizer.apply(tape.gradient(loss, network.trainable_weights), network.trainable_weights)
        found.append(loss.numpy())
    return found
""",
        },
    ),
    Right(
        "draw gives a tensor of float64, from a generator that was saved",
        {"draw": LOADED.replace(".numpy()", "").replace("return trained", "return tf.cast(trained")
         .replace("axis=1))", "axis=1)), tf.float64)")},
    ),
]  # fmt: skip
