"""Wrong answers to assignment 5, question 1: a distance."""

from tests.grading.answers import Wrong

START = """
def distance(real, fake):
    mean_1, mean_2 = real.mean(axis=0), fake.mean(axis=0)
    cov_1, cov_2 = np.cov(real, rowvar=False), np.cov(fake, rowvar=False)
    roots = np.sqrt(np.linalg.eigvals(cov_1 @ cov_2).real.clip(0)).sum()
    gap = np.sum((mean_1 - mean_2) ** 2)
    traces = np.trace(cov_1) + np.trace(cov_2)
"""


def wrong(name, says, end, start=START):
    return Wrong(name, "distance", says, f"{start}    return {end}\n")


WRONG = [
    wrong("not squared", "asked is its square", "np.sqrt(gap + traces - 2 * roots)"),
    wrong("norm of the means", "the square of the norm", "gap**0.5 + traces - 2 * roots"),
    wrong("no means", "the means are left out", "traces - 2 * roots"),
    wrong("no covariances", "the covariances are left out", "gap"),
    wrong("the root once", "the root counts twice", "gap + traces - roots"),
    wrong(
        "root of each number",
        "of each number by itself",
        "gap + traces - 2 * np.trace(np.sqrt((cov_1 @ cov_2).clip(0)))",
    ),
    wrong(
        "each feature by itself",
        "What two features do together",
        "gap + np.sum((real.std(axis=0, ddof=1) - fake.std(axis=0, ddof=1)) ** 2)",
    ),
    wrong(
        "divided by n",
        "asked is n - 1",
        "gap + traces - 2 * roots",
        START.replace("rowvar=False", "rowvar=False, bias=True"),
    ),
    wrong(
        "the root by Cholesky, which wants an inverse",
        "not positive definite",
        "gap + traces - 2 * np.linalg.svd(np.linalg.cholesky(cov_2).T @ "
        "np.linalg.cholesky(cov_1), compute_uv=False).sum()",
    ),
    wrong(
        "the package's own",
        "calls a function of gan_helpers",
        "metrics.frechet_distance(mean_1, cov_1, mean_2, cov_2)",
    ),
    wrong(
        "a complex number",
        "Take the real part",
        "gap + traces - 2 * np.sqrt(np.linalg.eigvals(cov_1 @ cov_2).astype(complex)).sum()",
    ),
    Wrong(
        "a root of the matrix that is complex for few samples",
        "distance",
        "Take the real part",
        START.replace(
            "np.sqrt(np.linalg.eigvals(cov_1 @ cov_2).real.clip(0)).sum()",
            "np.trace(__import__('scipy').linalg.sqrtm(cov_1 @ cov_2))",
        )
        + "    return gap + traces - 2 * roots\n",
        hidden=True,
    ),
    Wrong(
        "features that are 0 in the real set are left out",
        "distance",
        "",
        START.replace("    mean_1,", "    used = real.std(axis=0) > 0\n    mean_1,", 1)
        .replace("np.cov(real,", "np.cov(real[:, used],")
        .replace("np.cov(fake,", "np.cov(fake[:, used],")
        + "    return gap + traces - 2 * roots\n",
        hidden=True,
    ),
    wrong("nothing returned", "distance(real, fake) is None", "None"),
]
