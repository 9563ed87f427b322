"""The measures against independent ways to compute them, and on cases with known answers."""

import hashlib
import os
import random
import warnings

from gan_helpers import data, metrics

import numpy as np
import pytest
from scipy import linalg, special

DIGITS = data.load_digits()
RNG = np.random.default_rng(0)
NOISE = RNG.uniform(-1, 1, (1000, 28, 28, 1)).astype(np.float32)
WEIGHTS_SHA256 = "ea4f7547bb12af39590a7b5a392c2cfb1df4e9b0589fd07b6b031ac7f81fe6ab"
LOGITS = [  # of the first two embedded digits, 0 and 1
    [21.853, -10.268, -2.611, -10.223, -4.093, -11.011, -2.825, -8.174, -0.787, 2.5],
    [-4.8, 19.635, -2.821, -11.752, -3.867, -7.703, -4.581, -0.927, -5.336, -8.107],
]


@pytest.fixture(scope="module")
def seen():
    return metrics.features(DIGITS.images)


# The classifier and what comes with it


def test_the_classifier_reads_the_digits():
    right = metrics.probabilities(DIGITS.images).argmax(axis=1) == DIGITS.labels
    assert right.mean() >= 0.99


@pytest.mark.skipif("MNIST_NPZ" not in os.environ, reason="MNIST_NPZ names no full mnist.npz")
def test_the_classifier_reads_digits_it_has_never_seen():
    tests = data.load_digits(os.environ["MNIST_NPZ"], part="test")
    assert len(tests.labels) == 10_000
    right = metrics.probabilities(tests.images).argmax(axis=1) == tests.labels
    assert right.mean() >= 0.99
    mean, covariance = metrics.mean_and_covariance(metrics.features(tests.images))
    with np.load(metrics.STATISTICS_FILE) as shipped:
        np.testing.assert_allclose(shipped["mean"], mean, atol=1e-4)
        np.testing.assert_allclose(shipped["covariance"], covariance, atol=1e-3)


def test_the_files_are_small():
    files = metrics.CLASSIFIER_FILE, metrics.STATISTICS_FILE
    assert sum(path.stat().st_size for path in files) <= 2**20


def test_the_shipped_weights_are_the_ones_that_were_measured():
    """Every number of notebooks 05 and 06, and of the benchmarks, comes from these weights."""
    with np.load(metrics.CLASSIFIER_FILE, allow_pickle=False) as file:
        arrays = {name: file[name] for name in sorted(file.files)}
    assert all(array.dtype == np.float32 for array in arrays.values())
    content = b"".join(name.encode() + array.tobytes() for name, array in arrays.items())
    assert hashlib.sha256(content).hexdigest() == WEIGHTS_SHA256


def test_each_array_is_put_where_it_belongs():
    """Gamma, beta, mean and variance have one shape: exchanged, they would pass unseen."""
    _, logits = metrics.digit_classifier().predict(DIGITS.images[:2], verbose=0)
    # As the model gave them from which the weights were taken.
    np.testing.assert_allclose(logits, LOGITS, atol=2e-3)


def test_the_classifier_leaves_the_readers_random_numbers_alone():
    metrics.digit_classifier.cache_clear()
    random.seed(5)
    state = random.getstate()
    metrics.digit_classifier()
    assert random.getstate() == state


@pytest.mark.parametrize("name", ["CLASSIFIER_FILE", "STATISTICS_FILE"])
@pytest.mark.parametrize("damage", ["cut off", "a changed byte", "a web page", "other arrays"])
def test_a_damaged_file_of_the_package_is_named_in_one_line(monkeypatch, tmp_path, name, damage):
    content, path = bytearray(getattr(metrics, name).read_bytes()), tmp_path / "asset.npz"
    if damage == "other arrays":
        np.savez(path, mean=np.zeros(3))
    else:
        content[len(content) // 2] ^= 255
        damaged = {"cut off": content[:1000], "a web page": b"<html>404</html>"}
        path.write_bytes(damaged.get(damage, content))
    monkeypatch.setattr(metrics, name, path)
    metrics.digit_classifier.cache_clear()
    with pytest.raises(ValueError, match=r"asset.npz is damaged \(.*train_classifier") as caught:
        metrics.digit_fid(DIGITS.images[:1000])
    metrics.digit_classifier.cache_clear()
    assert "\n" not in str(caught.value)


def test_probabilities_are_the_softmax_of_the_logits():
    _, logits = metrics.digit_classifier().predict(DIGITS.images[:50], verbose=0)
    found = metrics.probabilities(DIGITS.images[:50])
    # Two runs of a float32 network may differ in the last digits of a logit.
    np.testing.assert_allclose(found, special.softmax(logits.astype(np.float64), axis=1), rtol=1e-4)


def test_features_are_the_last_hidden_layer(seen):
    assert seen.shape == (5000, 128)
    assert seen.dtype == np.float32
    assert seen.min() >= 0 and (seen > 0).mean() > 0.1


def test_confident_share_is_high_on_digits_and_lower_on_two_digits_laid_over_each_other():
    # On noise it may be high: a classifier can be sure of what is no digit at all.
    assert metrics.confident_share(DIGITS.images[:1000]) > 0.95
    blends = (DIGITS.images[:1000] + DIGITS.images[1003:2003]) / 2
    assert metrics.confident_share(blends) < 0.5
    largest = metrics.probabilities(DIGITS.images[:1000]).max(axis=1)
    for sure in (0.5, 0.999):
        assert metrics.confident_share(DIGITS.images[:1000], sure) == np.mean(largest > sure)


def test_digit_shares_count_what_the_classifier_sees():
    some = DIGITS.images[np.isin(DIGITS.labels, (3, 7))][:600]
    shares = metrics.digit_shares(some)
    assert shares.shape == (10,) and shares.sum() == pytest.approx(1)
    np.testing.assert_allclose(shares[[3, 7]], 0.5, atol=0.02)
    assert metrics.digit_shares(DIGITS.images[7:8]).tolist() == np.eye(10)[7].tolist()


# Fréchet distance


def random_gaussian(dims, rank=None):
    factor = RNG.normal(size=(dims, rank or 2 * dims))
    return RNG.normal(size=dims), factor @ factor.T / dims


@pytest.mark.parametrize(("dims", "rank"), [(1, None), (2, None), (20, None), (128, None), (20, 7)])
def test_frechet_distance_agrees_with_the_matrix_square_root_of_scipy(dims, rank):
    (mean_1, c_1), (mean_2, c_2) = random_gaussian(dims, rank), random_gaussian(dims)
    root = linalg.sqrtm(c_1 @ c_2).real
    expected = np.sum((mean_1 - mean_2) ** 2) + np.trace(c_1 + c_2 - 2 * root)
    # A singular matrix costs the square root of scipy half its digits.
    tolerance = 1e-9 if rank is None else 1e-6
    assert metrics.frechet_distance(mean_1, c_1, mean_2, c_2) == pytest.approx(expected, tolerance)
    assert metrics.frechet_distance(mean_2, c_2, mean_1, c_1) == pytest.approx(expected, tolerance)


def test_frechet_distance_on_a_line_is_the_closed_form():
    found = metrics.frechet_distance([1.0], [[4.0]], [3.5], [[9.0]])
    assert found == pytest.approx((3.5 - 1) ** 2 + (3 - 2) ** 2, rel=1e-12)


def test_frechet_distance_of_a_gaussian_to_itself_is_zero():
    mean, covariance = random_gaussian(30)
    assert metrics.frechet_distance(mean, covariance, mean, covariance) < 1e-9


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (([0.0], [[1.0]], [0.0, 0.0], np.eye(2)), "means must be"),
        (([0.0], [1.0], [0.0], [[1.0]]), "means must be"),
        (([0.0, 0.0], np.eye(3), [0.0, 0.0], np.eye(2)), "means must be"),
        (([np.nan], [[1.0]], [0.0], [[1.0]]), "finite"),
        (([0.0], [[np.inf]], [0.0], [[1.0]]), "finite"),
    ],
)
def test_frechet_distance_refuses_what_is_no_gaussian(arguments, message):
    with pytest.raises(ValueError, match=message):
        metrics.frechet_distance(*arguments)


def test_mean_and_covariance_are_numpys():
    x = RNG.normal(size=(50, 4))
    mean, covariance = metrics.mean_and_covariance(x.astype(np.float32))
    np.testing.assert_allclose(mean, x.mean(axis=0), atol=1e-6)
    np.testing.assert_allclose(covariance, np.cov(x.T), atol=1e-6)
    assert metrics.mean_and_covariance(x[:, :1])[1].shape == (1, 1)
    with pytest.raises(ValueError, match="n >= 2"):
        metrics.mean_and_covariance(x[:1])


def test_digit_fid_puts_real_digits_before_blurred_ones_before_noise():
    real = DIGITS.images[:1000]
    blurred = (real + np.roll(real, 2, axis=1) + np.roll(real, 2, axis=2)) / 3
    distances = [metrics.digit_fid(images) for images in (real, blurred, NOISE)]
    assert distances == sorted(distances)
    assert distances[1] > 5 * distances[0]


def test_digit_fid_is_that_of_the_shipped_statistics(seen):
    with np.load(metrics.STATISTICS_FILE) as real:
        mean, covariance = real["mean"], real["covariance"]
    expected = metrics.frechet_distance(
        seen[:500].mean(axis=0), np.cov(seen[:500].astype(float).T), mean, covariance
    )
    with pytest.warns(UserWarning, match="of 500 images"):
        assert metrics.digit_fid(DIGITS.images[:500]) == pytest.approx(expected, rel=1e-4)


@pytest.mark.parametrize("n", [2, 999])
def test_digit_fid_warns_once_of_few_images(n):
    with pytest.warns(UserWarning, match=f"of {n} images, fewer than 1,000, .*1/n") as caught:
        metrics.digit_fid(DIGITS.images[:n])
    assert len(caught) == 1 and caught[0].filename == __file__


def test_digit_fid_says_nothing_of_a_thousand_images():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        metrics.digit_fid(DIGITS.images[:1000])


def test_the_docstring_of_digit_fid_is_right_about_the_features():
    with np.load(metrics.STATISTICS_FILE) as real:
        dead = np.diag(real["covariance"]) == 0
        assert dead.sum() == 36 and (real["mean"][dead] == 0).all()


def test_the_docstring_of_digit_fid_is_right_about_the_sample_size(seen):
    with np.load(metrics.STATISTICS_FILE) as file:
        real = file["mean"], file["covariance"]
    rng = np.random.default_rng(0)

    def mean_distance(n, draws=15):
        drawn = [seen[rng.choice(5000, n, replace=False)] for _ in range(draws)]
        of_each = [metrics.frechet_distance(*metrics.mean_and_covariance(s), *real) for s in drawn]
        return np.mean(of_each)

    for n, told in ((250, 9.8), (500, 5.3), (1000, 3.1)):
        # Four standard errors of 15 draws, measured with 300.
        assert mean_distance(n) == pytest.approx(told, rel=0.25)
    assert mean_distance(5000, draws=1) == pytest.approx(1.4, abs=0.05)


# Precision and recall, coverage, neighbours


def by_definition(real, fake, k):
    """Kynkäänniemi et al. 2019, eq. 1 and 2, one pair of samples after the other."""

    def share(samples, centres):
        inside = 0
        for sample in samples:
            for centre in centres:
                radius = np.sort(np.linalg.norm(centres - centre, axis=1))[k]
                if np.linalg.norm(sample - centre) <= radius:
                    inside += 1
                    break
        return inside / len(samples)

    return share(fake, real), share(real, fake)


@pytest.mark.parametrize("k", [1, 3])
@pytest.mark.parametrize(("shift", "scale"), [(0.0, 1.0), (0.8, 1.0), (0.0, 0.4), (0.0, 2.0)])
def test_precision_and_recall_follow_their_definition(k, shift, scale):
    real, fake = RNG.normal(size=(60, 3)), shift + scale * RNG.normal(size=(50, 3))
    assert metrics.precision_and_recall(real, fake, k) == by_definition(real, fake, k)


def test_one_mode_of_two_has_precision_but_half_the_recall():
    modes = data.GaussianMixture(np.array([[0.0, 0.0], [50.0, 0.0]]), 1.0)
    real = modes.sample(400, seed=0)
    fake = data.GaussianMixture(np.array([[0.0, 0.0]]), 1.0).sample(400, seed=1)
    precision, recall = metrics.precision_and_recall(real, fake)
    assert precision > 0.9
    assert recall == pytest.approx(np.mean(real[:, 0] < 25), abs=0.06)


def test_the_two_trade_places_with_the_sets():
    real, fake = RNG.normal(size=(80, 2)), 0.5 * RNG.normal(size=(80, 2))
    one = metrics.precision_and_recall(real, fake)
    assert one == metrics.precision_and_recall(fake, real)[::-1]


@pytest.mark.parametrize(
    ("real", "fake", "k", "message"),
    [
        (np.zeros((9, 2)), np.zeros((9, 3)), 3, "samples and centres must be"),
        (np.zeros(9), np.zeros((9, 3)), 3, "samples and centres must be"),
        (np.zeros((3, 2)), np.zeros((9, 2)), 3, "k must be at least 1 and below"),
        (np.zeros((9, 2)), np.zeros((3, 2)), 3, "k must be at least 1 and below"),
        (np.zeros((9, 2)), np.zeros((0, 2)), 3, "k must be at least 1 and below"),
        (np.zeros((9, 2)), np.zeros((9, 2)), 0, "k must be at least 1"),
    ],
)
def test_precision_and_recall_name_what_is_wrong(real, fake, k, message):
    with pytest.raises(ValueError, match=message):
        metrics.precision_and_recall(real, fake, k)


def test_cluster_coverage_is_full_for_the_same_kind_and_falls_with_the_digits_left_out(seen):
    half = np.arange(5000) % 20 < 10  # the digits are dealt out in turn
    real, labels, others = seen[half], DIGITS.labels[half], seen[~half]
    assert metrics.cluster_coverage(real, labels, others) >= 0.97
    few = others[DIGITS.labels[~half] < 3]
    assert 0.25 <= metrics.cluster_coverage(real, labels, few) <= 0.4


def test_cluster_coverage_sees_a_mode_inside_a_label():
    modes = np.array([[0.0, 0.0], [20.0, 0.0], [0.0, 20.0], [20.0, 20.0]])
    real = data.GaussianMixture(modes, 0.5).sample(800, seed=0)
    labels = (real[:, 1] > 10).astype(int)
    for kept, share in ((4, 1.0), (3, 0.75), (1, 0.25)):
        fake = data.GaussianMixture(modes[:kept], 0.5).sample(800, seed=1)
        assert metrics.cluster_coverage(real, labels, fake, clusters=2) == share


def test_a_cluster_counts_from_its_least_share_on():
    here, there = (data.GaussianMixture(np.array([[x, 0.0]]), 0.5) for x in (0.0, 20.0))
    real = np.concatenate([here.sample(100, seed=0), there.sample(100, seed=0)])
    fake = np.concatenate([here.sample(95, seed=1), there.sample(5, seed=1)])
    labels = np.repeat([0, 1], 100)  # the second has a tenth of the share that it should have
    for least, covered in ((0.05, 1.0), (0.2, 0.5), (1.0, 0.5)):
        assert metrics.cluster_coverage(real, labels, fake, clusters=1, least=least) == covered


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labels": np.zeros(3, int)}, "real, labels and fake must be"),
        ({"fake": np.zeros((5, 3))}, "real, labels and fake must be"),
        ({"clusters": 6}, "at most 5, the samples of the rarest"),
        ({"clusters": 0}, "clusters must be at least 1"),
        ({"least": 0}, "least must satisfy"),
        ({"least": 1.5}, "least must satisfy"),
    ],
)
def test_cluster_coverage_names_what_is_wrong(change, message):
    good = {
        "real": RNG.normal(size=(20, 2)),
        "labels": np.array([0] * 15 + [1] * 5),
        "fake": RNG.normal(size=(5, 2)),
        "clusters": 2,
    }
    metrics.cluster_coverage(**good)
    with pytest.raises(ValueError, match=message):
        metrics.cluster_coverage(**good | change)


def test_nearest_finds_a_copy_and_its_distance():
    training = DIGITS.images[:300]
    samples = training[[250, 3]].copy()
    samples[1, 0, 0, 0] += 0.5
    indices, distances = metrics.nearest(samples, training)
    assert indices.tolist() == [250, 3]
    np.testing.assert_allclose(distances, [0, 0.5], atol=2e-3)
    with pytest.raises(ValueError, match="of one shape"):
        metrics.nearest(samples, training[..., 0])


# What is no image


@pytest.mark.parametrize(
    "measure",
    [metrics.features, metrics.probabilities, metrics.confident_share, metrics.digit_fid],
)
@pytest.mark.parametrize(
    ("images", "message"),
    [
        (np.zeros((3, 28, 28)), r"images must have shape \(n, 28, 28, 1\), got \(3, 28, 28\)"),
        (np.zeros((0, 28, 28, 1)), "images must have shape"),
        (np.full((2, 28, 28, 1), 255.0), r"images must lie in \[-1, 1\]"),
        (np.full((2, 28, 28, 1), np.nan), r"images must lie in \[-1, 1\]"),
    ],
)
def test_measures_refuse_what_is_no_image(measure, images, message):
    with pytest.raises(ValueError, match=message):
        measure(images)


@pytest.mark.parametrize("sure", [0, 1, -1, 2])
def test_confident_share_names_a_wrong_threshold(sure):
    with pytest.raises(ValueError, match=f"sure must satisfy .* got {sure}"):
        metrics.confident_share(NOISE, sure)


def test_a_missing_classifier_is_named(monkeypatch, tmp_path):
    metrics.digit_classifier.cache_clear()
    monkeypatch.setattr(metrics, "CLASSIFIER_FILE", tmp_path / "gone.npz")
    with pytest.raises(FileNotFoundError, match="gone.npz is missing.*train_classifier"):
        metrics.digit_classifier()


def test_sample_size_biases_the_distance_upwards(seen):
    """Why distances are compared at one sample size only."""
    small, large = metrics.digit_fid(DIGITS.images[:1000]), metrics.digit_fid(DIGITS.images)
    assert small > 1.5 * large
