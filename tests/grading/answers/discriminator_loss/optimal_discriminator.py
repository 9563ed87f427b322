"""Wrong answers to assignment 1: the best discriminator."""

from tests.grading.answers import Wrong

WRONG = [
    Wrong(
        "no smoothing in D*",
        "optimal_discriminator",
        "never goes above 1 - s",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return p_data / (p_data + p_g)
""",
    ),
    Wrong(
        "two-sided D*",
        "optimal_discriminator",
        "this D* has a floor",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return ((1 - smooth) * p_data + smooth * p_g) / (p_data + p_g)
""",
    ),
    Wrong(
        "smoothed density in the denominator",
        "optimal_discriminator",
        "p_data in the denominator stays",
        """
def optimal_discriminator(p_data, p_g, smooth):
    real = (1 - smooth) * p_data
    return real / (real + p_g)
""",
    ),
    Wrong(
        "the equilibrium's value everywhere",
        "optimal_discriminator",
        "right only where p_data = p_g",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return np.full(p_data.shape, (1 - smooth) / 2)
""",
    ),
    Wrong(
        "densities exchanged",
        "optimal_discriminator",
        "are exchanged",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return (1 - smooth) * p_g / (p_data + p_g)
""",
    ),
    Wrong(
        "epsilon in the denominator that shows",
        "optimal_discriminator",
        "it should be",
        """
def optimal_discriminator(p_data, p_g, smooth):
    return (1 - smooth) * p_data / (p_data + p_g + 1e-2)
""",
    ),
    Wrong(
        "the logit of D*",
        "optimal_discriminator",
        "this is D*'s logit",
        """
def optimal_discriminator(p_data, p_g, smooth):
    d = (1 - smooth) * p_data / (p_data + p_g)
    return np.log(d / (1 - d))
""",
    ),
    Wrong(
        "the import",
        "optimal_discriminator",
        "does what this question asks",
        """
import gan_helpers.losses

def optimal_discriminator(p_data, p_g, smooth):
    return gan_helpers.losses.optimal_discriminator(p_data, p_g, smooth)
""",
    ),
]
