"""Wrong answers to assignment 4."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong(
        "1 unchanged: real labels above 1",
        "mended_1",
        "a label above 1",
        """
mended_1 = broken_1
""",
    ),
    Wrong(
        "1 both labels noisy: the fakes are smoothed",
        "mended_1",
        "D* then has a floor",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    fake_labels = 0.2 * tf.random.uniform(tf.shape(d_logits_fake))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(real_labels, d_logits_real)) + tf.reduce_mean(
        cross(fake_labels, d_logits_fake))
""",
    ),
    Wrong(
        "1 a coin of 0.8 and 1 in the place of a uniform label",
        "mended_1",
        "lie between 0.85 and 0.95",
        """
def mended_1(d_logits_real, d_logits_fake):
    coin = tf.cast(tf.random.uniform(tf.shape(d_logits_real)) < 0.5, tf.float32)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(1 - 0.2 * coin, d_logits_real)) + tf.reduce_mean(
        cross(tf.zeros_like(d_logits_fake), d_logits_fake))
""",
    ),
    Wrong(
        "1 the noise is taken out",
        "mended_1",
        "drawn anew each time",
        """
def mended_1(d_logits_real, d_logits_fake):
    return losses.d_loss(d_logits_real, d_logits_fake, 0.1)
""",
    ),
    Wrong(
        "1 labels clipped at 1, so that no noise is left",
        "mended_1",
        "drawn anew each time",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.minimum(1.0, 1 + 0.2 * tf.random.uniform(tf.shape(d_logits_real)))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 one label for the whole batch",
        "mended_1",
        "not each batch",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.ones_like(d_logits_real) * tf.random.uniform((), 0.8, 1.0)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 noise around 1, to both sides",
        "mended_1",
        "a label above 1",
        """
def mended_1(d_logits_real, d_logits_fake):
    labels = tf.random.uniform(tf.shape(d_logits_real), 0.9, 1.1)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "2 unchanged: label_smoothing in both terms",
        "mended_2",
        "nothing has changed",
        """
mended_2 = broken_2
""",
    ),
    Wrong(
        "2 label_smoothing doubled: right for real samples only",
        "mended_2",
        "your fake labels are still smoothed",
        """
def mended_2(d_logits_real, d_logits_fake):
    cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.2)
    real = cross_entropy(tf.ones_like(d_logits_real), d_logits_real)
    return real + cross_entropy(tf.zeros_like(d_logits_fake), d_logits_fake)
""",
    ),
    Wrong(
        "2 one-sided now, but half as strong",
        "mended_2",
        "Keras moves a label half of the way",
        """
def mended_2(d_logits_real, d_logits_fake):
    smoothed = keras.losses.BinaryCrossentropy(from_logits=True, label_smoothing=0.1)
    plain = keras.losses.BinaryCrossentropy(from_logits=True)
    real = smoothed(tf.ones_like(d_logits_real), d_logits_real)
    return real + plain(tf.zeros_like(d_logits_fake), d_logits_fake)
""",
    ),
    Wrong(
        "3 unchanged: sigmoid and from_logits",
        "mended_3",
        "never falls below 0.3133",
        """
mended_3 = broken_3
""",
    ),
    Wrong(
        "3 mended on both sides, which is the reverse mistake",
        "mended_3",
        "take for logits what the layer gives",
        """
def mended_3():
    discriminator = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    return discriminator, keras.losses.BinaryCrossentropy()
""",
    ),
    Wrong(
        "4 unchanged: softmax over one logit",
        "mended_4",
        "still 0 whatever D answers",
        """
mended_4 = broken_4
""",
    ),
    Wrong(
        "4 sigmoid at last, but label 0",
        "mended_4",
        "G learns to be found out",
        """
def mended_4(d_logits_fake):
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(
        labels=tf.zeros_like(d_logits_fake), logits=d_logits_fake))
""",
    ),
    Wrong(
        "5 unchanged: zeros from the real logits",
        "mended_5",
        "Which tensor tells how many",
        """
mended_5 = broken_5
""",
    ),
    Wrong(
        "5 cut to the smaller batch",
        "mended_5",
        "are left out",
        """
def mended_5(d_logits_real, d_logits_fake, smooth):
    n = min(len(d_logits_real), len(d_logits_fake))
    return broken_5(d_logits_real[:n], d_logits_fake[:n], smooth)
""",
    ),
    Wrong(
        "5 right for the sizes of the visible test only",
        "mended_5",
        "",
        """
def mended_5(d_logits_real, d_logits_fake, smooth):
    assert smooth == 0.1 and len(d_logits_fake) < 20
    real = tf.reduce_mean(tf.nn.softplus(d_logits_real) - 0.9 * d_logits_real)
    return real + tf.reduce_mean(tf.nn.softplus(d_logits_fake))
""",
        hidden=True,
    ),
    Wrong(
        "6 unchanged: threshold 0.5 under smoothing",
        "mended_6",
        "the threshold is still 0.5",
        """
mended_6 = broken_6
""",
    ),
    Wrong(
        "6 threshold 1 - s",
        "mended_6",
        "the most that D* ever answers",
        """
def mended_6(d_logits_real, d_logits_fake, smooth):
    right = np.sum(tf.sigmoid(d_logits_real) > 1 - smooth)
    right += np.sum(tf.sigmoid(d_logits_fake) <= 1 - smooth)
    return right / (len(d_logits_real) + len(d_logits_fake))
""",
    ),
    Wrong(
        "6 the logit compared with the probability",
        "mended_6",
        "accuracy at smooth",
        """
def mended_6(d_logits_real, d_logits_fake, smooth):
    t = (1 - smooth) / 2
    right = np.sum(d_logits_real > t) + np.sum(d_logits_fake <= t)
    return right / (len(d_logits_real) + len(d_logits_fake))
""",
    ),
    Wrong(
        "7 unchanged: D's turn moves G",
        "mended_7",
        "D's turn still changes G",
        """
mended_7 = broken_7
""",
    ),
    Wrong(
        "7 the optimizer gets G's variables alone",
        "mended_7",
        "D's turn still changes G",
        """
def mended_7(generator, discriminator, d_optimizer, real, smooth):
    with tf.GradientTape() as tape:
        fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = generator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "7 fakes left out, so that G cannot move",
        "mended_7",
        "",
        """
def mended_7(generator, discriminator, d_optimizer, real, smooth):
    generator(tf.random.normal((len(real), generator.input_shape[-1])))
    with tf.GradientTape() as tape:
        loss = losses.d_loss_real(discriminator(real), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "8 unchanged: forgets the optimizer's moments",
        "mended_8",
        "On what else does the next step of Adam depend?",
        """
mended_8 = broken_8
""",
    ),
    Wrong(
        "8 forgets how many steps Adam has taken",
        "mended_8",
        "On what else does the next step of Adam depend?",
        """
def mended_8(network, optimizer):
    weights = network.get_weights()
    kept = [variable.numpy() for variable in optimizer.variables]

    def put_back(network, optimizer):
        network.set_weights(weights)
        optimizer.build(network.trainable_variables)
        for variable, value in list(zip(optimizer.variables, kept))[2:]:
            variable.assign(value)

    return put_back
""",
    ),
    Wrong(
        "8 keeps the variables themselves, which train on",
        "mended_8",
        "as they were when mended_8 was called",
        """
def mended_8(network, optimizer):
    def put_back(new_network, new_optimizer):
        new_network.set_weights(network.get_weights())
        new_optimizer.build(new_network.trainable_variables)
        for new, old in zip(new_optimizer.variables, optimizer.variables):
            new.assign(old)

    return put_back
""",
    ),
    Wrong(
        "1 half of the sum",
        "mended_1",
        "this is half of the loss",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return (tf.reduce_mean(real) + tf.reduce_mean(fake)) / 2
""",
    ),
    Wrong(
        "1 sums in the place of means",
        "mended_1",
        "sums over the samples",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_sum(real) + tf.reduce_sum(fake)
""",
    ),
    Wrong(
        "1 the fakes left out",
        "mended_1",
        "the fakes are left out",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real)
""",
    ),
    Wrong(
        "1 the fakes' part subtracted",
        "mended_1",
        "is subtracted",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real) - tf.reduce_mean(fake)
""",
    ),
    Wrong(
        "1 fake labels below 0",
        "mended_1",
        "outside [0, 1]",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real) + tf.reduce_mean(fake + 0.1 * d_logits_fake)
""",
    ),
    Wrong(
        "1 fake labels 1",
        "mended_1",
        "learns to call them real",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real) + tf.reduce_mean(fake - d_logits_fake)
""",
    ),
    Wrong(
        "1 the fakes counted twice, which is no label",
        "mended_1",
        "it should be",
        """
def mended_1(d_logits_real, d_logits_fake):
    real_labels = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    real, fake = cross(real_labels, d_logits_real), cross(0 * d_logits_fake, d_logits_fake)
    return tf.reduce_mean(real) + 2 * tf.reduce_mean(fake)
""",
    ),
    Wrong(
        "1 labels of 0.8, 0.9 and 1 alone",
        "mended_1",
        "are different",
        """
def mended_1(d_logits_real, d_logits_fake):
    coins = tf.random.uniform((2, *d_logits_real.shape)) < 0.5
    labels = 1 - 0.1 * tf.reduce_sum(tf.cast(coins, tf.float32), axis=0)
    cross = tf.nn.sigmoid_cross_entropy_with_logits
    return tf.reduce_mean(cross(labels, d_logits_real)) + losses.d_loss_fake(d_logits_fake)
""",
    ),
    Wrong(
        "1 right, but infinite at large logits",
        "mended_1",
        "at logits of 1000 and -1000",
        """
def mended_1(d_logits_real, d_logits_fake):
    t = 1 - 0.2 * tf.random.uniform(tf.shape(d_logits_real))
    r, f = tf.sigmoid(d_logits_real), tf.sigmoid(d_logits_fake)
    real = -t * tf.math.log(r) - (1 - t) * tf.math.log(1 - r)
    return tf.reduce_mean(real) - tf.reduce_mean(tf.math.log(1 - f))
""",
        hidden=True,
    ),
    Wrong(
        "2 the import",
        "mended_2",
        "does what this question asks",
        """
def mended_2(d_logits_real, d_logits_fake):
    return losses.d_loss(d_logits_real, d_logits_fake, 0.1)
""",
    ),
    Wrong(
        "3 the formula on the sigmoid, which is 0 times infinity for a sure D",
        "mended_3",
        "right, is nan",
        """
def mended_3():
    layer = keras.layers.Dense(1, activation="sigmoid")

    def loss(t, o):
        return tf.reduce_mean(-t * tf.math.log(o) - (1 - t) * tf.math.log(1 - o))

    return keras.Sequential([keras.Input((1,)), layer]), loss
""",
    ),
    Wrong(
        "3 logits clipped",
        "mended_3",
        "right, is",
        """
def mended_3():
    def loss(t, o):
        o = tf.clip_by_value(o, -5.0, 5.0)
        return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(t, o))

    return keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)]), loss
""",
    ),
    Wrong(
        "4 the import",
        "mended_4",
        "does what this question asks",
        """
mended_4 = losses.g_loss
""",
    ),
    Wrong(
        "4 minus log sigmoid, infinite at -1000",
        "mended_4",
        "not finite",
        """
def mended_4(d_logits_fake):
    return -tf.reduce_mean(tf.math.log(tf.sigmoid(d_logits_fake)))
""",
        hidden=True,
    ),
    Wrong(
        "5 the import",
        "mended_5",
        "does what this question asks",
        """
def mended_5(d_logits_real, d_logits_fake, smooth):
    return losses.d_loss(d_logits_real, d_logits_fake, smooth)
""",
    ),
    Wrong(
        "6 right for smooth = 0.1 only",
        "mended_6",
        "right for smooth = 0.1 only:",
        """
def mended_6(d_logits_real, d_logits_fake, smooth):
    right = np.sum(tf.sigmoid(d_logits_real) > 0.45) + np.sum(tf.sigmoid(d_logits_fake) <= 0.45)
    return right / (len(d_logits_real) + len(d_logits_fake))
""",
    ),
    Wrong(
        "6 the mean of the two shares",
        "mended_6",
        "the mean of two shares",
        """
def mended_6(d_logits_real, d_logits_fake, smooth):
    t = (1 - smooth) / 2
    real, fake = tf.sigmoid(d_logits_real) > t, tf.sigmoid(d_logits_fake) <= t
    return (np.mean(real) + np.mean(fake)) / 2
""",
    ),
    Wrong(
        "7 latent vectors of zeros",
        "mended_7",
        "share a latent vector",
        """
def mended_7(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.zeros((len(real), generator.input_shape[-1])))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
    Wrong(
        "7 latent vectors with a standard deviation of 0.9",
        "mended_7",
        "z has the standard deviation",
        """
def mended_7(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(0.9 * tf.random.normal((len(real), generator.input_shape[-1])))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
]
