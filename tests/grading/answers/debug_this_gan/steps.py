"""Wrong answers to assignment 4, questions 6 to 8: accuracy and steps."""

from tests.grading.answers import Wrong

WRONG = [
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
        "8 forgets the moving averages of batch normalisation",
        "mended_8",
        "moving averages too",
        """
def mended_8(network, optimizer):
    weights = [variable.numpy() for variable in network.trainable_variables]
    moments = [variable.numpy() for variable in optimizer.variables]

    def put_back(network, optimizer):
        optimizer.build(network.trainable_variables)
        variables = network.trainable_variables + optimizer.variables
        for variable, value in zip(variables, weights + moments, strict=True):
            variable.assign(value)

    return put_back
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
        "the standard deviation of z is",
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
    Wrong(
        "8 the optimizer's variables kept themselves, which train on",
        "mended_8",
        "Is it kept as it was then, and is the new optimizer built?",
        """
def mended_8(network, optimizer):
    weights, moments = network.get_weights(), optimizer.variables

    def put_back(network, optimizer):
        network.set_weights(weights)
        optimizer.build(network.trainable_variables)
        for variable, value in zip(optimizer.variables, moments):
            variable.assign(value)

    return put_back
""",
    ),
    Wrong(
        "8 put back into an optimizer that has no moments yet",
        "mended_8",
        "Is it kept as it was then, and is the new optimizer built?",
        """
def mended_8(network, optimizer):
    weights = network.get_weights()
    moments = [variable.numpy() for variable in optimizer.variables]

    def put_back(network, optimizer):
        network.set_weights(weights)
        for variable, value in zip(optimizer.variables, moments):
            variable.assign(value)

    return put_back
""",
    ),
    Wrong(
        "6 threshold (1 + s) / 2",
        "mended_6",
        "the threshold is 1 - s or more",
        """
def mended_6(d_logits_real, d_logits_fake, smooth):
    t = (1 + smooth) / 2
    right = np.sum(tf.sigmoid(d_logits_real) > t) + np.sum(tf.sigmoid(d_logits_fake) <= t)
    return right / (len(d_logits_real) + len(d_logits_fake))
""",
    ),
    Wrong(
        "6 threshold 1 - s / 2",
        "mended_6",
        "the threshold is 1 - s or more",
        """
def mended_6(d_logits_real, d_logits_fake, smooth):
    t = 1 - smooth / 2
    right = np.sum(tf.sigmoid(d_logits_real) > t) + np.sum(tf.sigmoid(d_logits_fake) <= t)
    return right / (len(d_logits_real) + len(d_logits_fake))
""",
    ),
    Wrong(
        "7 the optimizer is never applied",
        "mended_7",
        "an optimizer has taken 0 steps, not one",
        """
def mended_7(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(tf.random.normal((len(real), generator.input_shape[-1])))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    for variable, slope in zip(variables, tape.gradient(loss, variables)):
        variable.assign_sub(d_optimizer.learning_rate * slope)
    return loss
""",
    ),
    Wrong(
        "7 the same z in every call",
        "mended_7",
        "draw z anew in each call",
        """
def mended_7(generator, discriminator, d_optimizer, real, smooth):
    fake = generator(keras.random.normal((len(real), generator.input_shape[-1]), seed=0))
    with tf.GradientTape() as tape:
        loss = losses.d_loss(discriminator(real), discriminator(fake), smooth)
    variables = discriminator.trainable_variables
    d_optimizer.apply(tape.gradient(loss, variables), variables)
    return loss
""",
    ),
]
