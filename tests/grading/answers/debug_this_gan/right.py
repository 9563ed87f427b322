"""Right answers to assignment 4."""

from tests.grading.answers import Right

RIGHT = [
    Right(
        "3 keeps the sigmoid, and clips its probabilities at 1e-5",
        {
            "mended_3": """
def mended_3():
    layer = keras.layers.Dense(1, activation="sigmoid")

    def loss(labels, outputs):
        p = tf.clip_by_value(outputs, 1e-5, 1 - 1e-5)
        return -tf.reduce_mean(labels * tf.math.log(p) + (1 - labels) * tf.math.log(1 - p))

    return keras.Sequential([keras.Input((1,)), layer]), loss
"""
        },
    ),
    Right(
        "1 by NumPy, 2 and 5 by gan_helpers' formulas written out, 4 by softplus",
        {
            "mended_1": """
rng = np.random.default_rng()

def mended_1(d_logits_real, d_logits_fake):
    r, f = np.asarray(d_logits_real, np.float64), np.asarray(d_logits_fake, np.float64)
    labels = rng.uniform(0.8, 1.0, r.shape)
    return np.mean(np.logaddexp(0, r) - labels * r) + np.mean(np.logaddexp(0, f))
""",
            "mended_2": """
def mended_2(d_logits_real, d_logits_fake):
    r, f = np.asarray(d_logits_real), np.asarray(d_logits_fake)
    return float(np.mean(np.logaddexp(0, r) - 0.9 * r) + np.logaddexp(0, f).mean())
""",
            "mended_4": """
def mended_4(d_logits_fake):
    return tf.reduce_mean(tf.math.softplus(-d_logits_fake))
""",
            "mended_5": """
def mended_5(real, fake, s):
    return tf.reduce_mean(tf.nn.softplus(real) - (1 - s) * real) + tf.reduce_mean(
        tf.nn.softplus(fake))
""",
        },
    ),
    Right(
        "3 keeps the sigmoid, with Keras's loss for probabilities; 6 compares logits",
        {
            "mended_3": """
def mended_3():
    layer = keras.layers.Dense(1, activation="sigmoid")
    return keras.Sequential([keras.Input((1,)), layer]), keras.losses.BinaryCrossentropy()
""",
            "mended_6": """
def mended_6(d_logits_real, d_logits_fake, smooth):
    edge = np.log((1 - smooth) / (1 + smooth))
    hits = np.concatenate([d_logits_real.ravel() > edge, d_logits_fake.ravel() <= edge])
    return hits.mean()
""",
        },
    ),
    Right(
        "2 by Keras's label_smoothing of 0.2 on the real half",
        {
            "mended_2": """
def mended_2(d_logits_real, d_logits_fake):
    real = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)
    fake = keras.losses.BinaryCrossentropy(from_logits=True)
    return real(tf.ones_like(d_logits_real), d_logits_real) + fake(
        tf.zeros_like(d_logits_fake), d_logits_fake)
"""
        },
    ),
    Right(
        "7 stops the gradient and keeps the tape around all",
        {
            "mended_7": """
def mended_7(generator, discriminator, d_optimizer, real, smooth):
    with tf.GradientTape() as tape:
        fake = tf.stop_gradient(
            generator(tf.random.normal((len(real), generator.input_shape[-1]))))
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    weights = discriminator.trainable_weights
    d_optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
    return loss.numpy()
"""
        },
    ),
    Right(
        "8 by Keras's own save_own_variables",
        {
            "mended_8": """
def mended_8(network, optimizer):
    weights, store = [w.copy() for w in network.get_weights()], {}
    optimizer.save_own_variables(store)

    def put_back(new_network, new_optimizer):
        new_network.set_weights(weights)
        new_optimizer.build(new_network.trainable_variables)
        new_optimizer.load_own_variables(store)

    return put_back
"""
        },
    ),
    Right(
        "3 by a network that builds itself at the first call",
        {
            "mended_3": """
def mended_3():
    return keras.Sequential([keras.layers.Dense(1)]), keras.losses.BinaryCrossentropy(
        from_logits=True)
"""
        },
    ),
    Right(
        "8 by names: the number of steps, and both kinds of moments",
        {
            "mended_8": """
def mended_8(network, optimizer):
    weights, count = network.get_weights(), int(optimizer.iterations)
    first = [moment.numpy() for moment in optimizer._momentums]
    second = [moment.numpy() for moment in optimizer._velocities]

    def put_back(network, optimizer):
        network.set_weights(weights)
        optimizer.build(network.trainable_variables)
        optimizer.iterations.assign(count)
        for moments, kept in ((optimizer._momentums, first), (optimizer._velocities, second)):
            for moment, value in zip(moments, kept, strict=True):
                moment.assign(value)

    return put_back
"""
        },
    ),
    Right(
        "8 by pairs of moments, one for each variable",
        {
            "mended_8": """
def mended_8(network, optimizer):
    weights = network.get_weights()
    steps, rate, *moments = [variable.numpy() for variable in optimizer.variables]
    first, *others = zip(moments[::2], moments[1::2], strict=True)

    def put_back(network, optimizer):
        network.set_weights(weights)
        optimizer.build(network.trainable_variables)
        kept = [steps, rate, *first, *[moment for pair in others for moment in pair]]
        for variable, value in zip(optimizer.variables, kept, strict=True):
            variable.assign(value)

    return put_back
"""
        },
    ),
]
