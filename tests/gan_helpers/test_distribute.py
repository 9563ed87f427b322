"""tf.distribute: two replicas with half a batch each are one replica with the whole batch.

What is compared is all that the next step depends on: weights, averages, moments, counters and
random states. Each training runs in a process of its own (tests/gan_helpers/replicated.py).
"""

import json
import os
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

ROOT = Path(__file__).parents[2]
EPOCHS = 5


def start(run, folder, **task):
    """Start tests/gan_helpers/replicated.py; what it prints goes to a file beside its results."""
    given = json.dumps({"run": run, "folder": str(folder), **task})
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    with (folder / f"log_{task.get('number', run)}").open("a") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "tests.gan_helpers.replicated", given],
            cwd=ROOT,
            env=os.environ | {"PYTHONPATH": path, "TF_NUM_INTRAOP_THREADS": "1"},
            stdout=log,
            stderr=subprocess.STDOUT,
        )


def free_ports(n):
    found = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    ports = [one.getsockname()[1] for one in found]
    for one in found:
        one.close()
    return ports


def start_both(folder, kill_after=(0, 0), **task):
    ports = free_ports(2)
    both = zip(range(2), kill_after, strict=True)
    return [
        start("worker", folder, number=number, ports=ports, kill_after=kill, **task)
        for number, kill in both
    ]


def finish(*processes, folder):
    try:
        codes = [process.wait(timeout=900) for process in processes]
    finally:
        for process in processes:
            process.kill()
    logs = "\n".join(log.read_text()[-3000:] for log in folder.glob("log_*"))
    assert codes == [0] * len(codes), logs


def arrays(file):
    with np.load(file) as found:
        return [found[name] for name in found.files]


def assert_near(one, other, limit):
    assert max(np.abs(a - b).max() for a, b in zip(one, other, strict=True)) <= limit


@pytest.fixture(scope="module")
def mirrored(tmp_path_factory):
    """What two logical devices of one process came to, and the folder with the rest."""
    folder = tmp_path_factory.mktemp("mirrored")
    finish(start("mirrored", folder), folder=folder)
    return json.loads((folder / "mirrored.json").read_text()), folder


@pytest.fixture(scope="module")
def workers(tmp_path_factory):
    """The folder with what two processes came to."""
    folder = tmp_path_factory.mktemp("workers")
    finish(*start_both(folder, refuse=True), folder=folder)
    return folder


@pytest.mark.parametrize("case", ["sgd", "adam", "modern", "conditional"])
def test_two_replicas_take_the_steps_of_one(mirrored, case):
    """20 steps in float64; modern: pairing, lazy R1 and R2, augmentation, an average of G."""
    found = mirrored[0][case]
    assert found["states"] <= 1e-8
    assert found["histories"] <= 1e-8
    assert found["moved"] > 0.01


@pytest.mark.parametrize("optimizer", ["sgd", "adam"])
def test_in_float32_two_replicas_are_as_near_as_permuted_rows_are(mirrored, optimizer):
    found = mirrored[0][f"float32 {optimizer}"]
    assert 0 < statistics.median(found["two"]) <= max(found["permuted"])


def test_a_training_goes_on_bit_for_bit_on_as_many_replicas(mirrored):
    found = mirrored[0]["resumed"]
    assert found["states"] == 0
    assert "other settings: replicas was 2, is None" in found["said of one replica"]


def test_batches_of_a_dataset_are_cut_as_those_of_an_array(mirrored):
    found = mirrored[0]["dataset"]
    assert found["states"] == 0
    assert "samples in x must come in batches that 2 replicas can" in found["said of odd batches"]
    assert "\n" not in found["said of odd batches"]


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("networks", "generator must be built in the scope of the MirroredStrategy"),
        ("optimizers", "d_optimizer must be made in the scope of the MirroredStrategy"),
        ("compile outside", "GAN was built in the scope of MirroredStrategy: call `compile` there"),
        ("compile inside", "GAN was built in no scope: call `compile` there, not in the scope"),
        ("fit", "leave the scope of MirroredStrategy before you call `fit` or `evaluate`"),
        ("evaluate", "leave the scope of MirroredStrategy before you call `fit` or `evaluate`"),
        ("jit_compile", "jit_compile must be None or False with MirroredStrategy, got True"),
        ("normalisation", r"discriminator must have BatchNormalization(synchronized=True)"),
        ("dropout", "discriminator must have no layers that draw random numbers"),
        ("lazy", "penalty_every must be 1 with several replicas and a discriminator with batch"),
        ("scaling", "d_optimizer must not scale losses"),
        ("clipnorm", "d_optimizer must have no clipnorm"),
        ("global_clipnorm", "d_optimizer must have no global_clipnorm"),
        ("clipvalue", "d_optimizer must have no clipvalue"),
        ("gradient_accumulation_steps", "d_optimizer must have no gradient_accumulation_steps"),
        ("batch_size", "batch_size must make batches that 2 replicas can share"),
        ("rest", "got 8 for 31 samples, which leaves a batch of 7"),
        ("add_loss", "discriminator must not call add_loss or have an activity regularizer"),
    ],
)
def test_what_replicas_cannot_serve_is_refused_by_name(mirrored, what, message):
    found = mirrored[0]["refused"][what]
    assert found.startswith("ValueError: ") and message in found
    assert what == "add_loss" or "\n" not in found


def test_what_else_replicas_do(mirrored):
    found = mirrored[0]["served"]
    assert found["bfloat16"] == "nothing"
    assert found["train_on_batch"] < 1e-6 and found["evaluate"] < 1e-6
    assert found["load_model"] == 0


def test_the_program_of_the_page_runs(tmp_path):
    finish(start("page", tmp_path), folder=tmp_path)
    assert json.loads((tmp_path / "page.json").read_text()) == 1


def test_a_copy_with_synchronised_normalisation_is_served(mirrored):
    assert mirrored[0]["refused"]["synchronised"] == "nothing"


def test_a_loss_of_one_replica_that_is_not_finite_is_named_with_its_step(mirrored):
    found = mirrored[0]["refused"]["not finite"]
    assert found.startswith("NonFiniteLossError: d_loss is not finite at step 2")


def test_two_processes_take_the_steps_of_one_replica(mirrored, workers):
    one = arrays(mirrored[1] / "one.npz")
    for number in range(2):
        assert_near(one, arrays(workers / f"worker_{number}.npz"), 1e-8)


def test_workers_with_different_data_or_a_dataset_are_refused(workers):
    for number in range(2):
        _, (dataset, data) = json.loads((workers / f"worker_{number}.json").read_text())
        assert "x must be an array with several workers" in dataset
        assert "x, y, batch_size, epochs, shuffle, seed and steps so far must be the same" in data


def test_after_a_worker_was_killed_both_go_on_to_the_same_end(workers, tmp_path):
    saved = tmp_path / "saved"
    chief, other = start_both(tmp_path, kill_after=(0, 3), save_dir=str(saved))
    try:
        assert other.wait(timeout=900) == -9
        # The chief has the third epoch too, and waits for the other one in the fourth.
        end = time.monotonic() + 60
        while not (saved / "epoch_000003").exists() and time.monotonic() < end:
            time.sleep(0.1)
    finally:
        chief.kill()
        other.kill()
    chief.wait()
    finish(*start_both(tmp_path, save_dir=str(saved)), folder=tmp_path)
    for number in range(2):
        name = f"worker_{number}"
        assert_near(arrays(workers / f"{name}.npz"), arrays(tmp_path / f"{name}.npz"), 0)
        assert json.loads((tmp_path / f"{name}.json").read_text())[0] == EPOCHS - 3
