"""Right answers to assignment 3."""

from tests.grading.answers import Right
from tests.grading.answers.adversarial_training.draw import LOADED

D_STEP = """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])), training=True)
    with tf.GradientTape() as tape:
        r, f = discriminator(real, training=True), discriminator(fake, training=True)
        loss = losses.d_loss(r, f, smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
"""

RIGHT = [
    Right(
        "G's fakes from a copy, whose averages move in its place",
        {
            "d_step": D_STEP.replace("fake = generator", "fake = twin").replace(
                "    fake",
                "    twin = keras.models.clone_model(generator)\n"
                "    twin.set_weights(generator.get_weights())\n    fake",
                1,
            )
        },
    ),
    Right(
        "compiled, with apply_gradients, noise from NumPy and training=True",
        {
            "d_step": """
def d_step(generator, discriminator, d_optimizer, real, smooth):
    noise = np.random.default_rng().standard_normal((len(real), generator.input_shape[-1]))
    fake = generator(noise.astype("float32"), training=True).numpy()
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
    fake = generator(tf.random.normal((n, generator.input_shape[1])), training=True)
    both = tf.concat([tf.cast(real, tf.float32), fake], axis=0)
    labels = tf.concat([tf.fill((n, 1), 1.0 - smooth), tf.zeros((n, 1))], axis=0)
    with tf.GradientTape() as tape:
        loss = 2 * tf.reduce_mean(bce(labels, discriminator(both, training=True)))
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
    fake = netG(tf.random.normal((b_size, netG.input_shape[-1])), training=True)
    with tf.GradientTape(persistent=True) as tape:
        output = netD(data, training=True)
        errD_real = tf.reduce_mean(criterion(tf.fill((b_size, 1), 1.0 - smooth), output))
        output = netD(tf.stop_gradient(fake), training=True)
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
        "with training=True in both turns",
        {
            "d_step": D_STEP,
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
            z = tf.random.normal((len(real), G.input_shape[-1]))
            r, f = D(real, training=True), D(G(z, training=True), training=True)
            loss = losses.d_loss(r, f, smooth) if network is D else losses.g_loss(f)
        optimizer.apply(tape.gradient(loss, network.trainable_weights), network.trainable_weights)
        found.append(loss.numpy())
    return found
""",
        },
    ),
    Right(
        "draw gives a tensor of float64, from a generator that was saved",
        {
            "draw": LOADED.replace(".numpy()", "")
            .replace("return trained", "return tf.cast(trained")
            .replace("axis=1))", "axis=1)), tf.float64)")
        },
    ),
]
