"""Training that is killed, starved of disk or handed a damaged save goes on exactly."""

import errno
import functools
import json
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import time

from gan_helpers import saves
from gan_helpers.callbacks import Snapshots
from gan_helpers.gan import latent_vectors
from gan_helpers.saves import SaveError, Saves
from tests.gan_helpers.resumed import EPOCHS, StopAt, assert_same_bits, damage, state, trained

import keras
import numpy as np
import pytest


def shots():
    return Snapshots(latent_vectors(4, 3, seed=0))


@pytest.fixture(scope="module")
def whole():
    return trained()


@pytest.fixture(scope="module")
def whole_shots():
    snapshots = shots()
    trained(callbacks=[snapshots])
    return snapshots


@pytest.fixture(scope="module")
def four_epochs(tmp_path_factory):
    """Saves that each test damages a copy of."""
    folder = tmp_path_factory.mktemp("four_epochs")
    trained(folder, epochs=4, callbacks=[shots()])
    return folder


@pytest.mark.parametrize("calls", [1, 4, 7, 11, 17])
def test_a_training_that_stopped_goes_on_bit_for_bit(tmp_path, whole, whole_shots, calls):
    with pytest.raises(RuntimeError, match="stopped"):
        trained(tmp_path, callbacks=[shots(), StopAt(calls)])
    resumed = shots()
    gan, history = trained(tmp_path, callbacks=[resumed])
    assert_same_bits(gan, whole[0])
    assert history.history == whole[1].history
    assert history.epoch == list(range(EPOCHS))
    assert resumed.epochs == whole_shots.epochs
    assert resumed.logs == whole_shots.logs
    np.testing.assert_array_equal(resumed.samples, whole_shots.samples)


def test_random_states_and_moments_are_part_of_what_is_saved():
    gan, _ = trained(epochs=1)
    saved = {id(variable) for variable in gan._state()}
    dropout = gan.discriminator.layers[1]
    random_states = [gan.seed_generator.state, dropout.seed_generator.state]
    moments = gan.d_optimizer.variables + gan.g_optimizer.variables
    for variable in [*random_states, *moments, *gan.ema_generator.weights, gan.steps]:
        assert id(variable.value) in saved, variable.path


def test_a_finished_training_is_only_read(tmp_path, whole):
    def times():
        files = (path for path in tmp_path.rglob("*") if path.is_file())
        # To take the lock may count as a change of its empty file: filelock 3.12 opens it anew.
        return {path: path.stat().st_mtime_ns for path in files if path.name != ".lock"}

    trained(tmp_path)
    before = times()
    gan, history = trained(tmp_path)
    assert_same_bits(gan, whole[0])
    assert history.history == whole[1].history
    assert times() == before != {}


def test_more_epochs_go_on_from_the_last_one(tmp_path, whole):
    trained(tmp_path, epochs=2)
    gan, history = trained(tmp_path)
    assert_same_bits(gan, whole[0])
    assert history.epoch == list(range(EPOCHS))


def test_saves_come_every_so_many_epochs_and_after_the_last(tmp_path):
    saved = []

    class Look(keras.callbacks.Callback):
        def on_epoch_begin(self, epoch, logs=None):
            saved.append([path.name for path in Saves(tmp_path).complete()])

        on_train_end = functools.partialmethod(on_epoch_begin, None)

    trained(tmp_path, epochs=5, save_every=2, callbacks=[Look()])
    two, four, five = "epoch_000002", "epoch_000004", "epoch_000005"
    assert saved == [[], [], [two], [two], [two, four], [four, five]]
    with pytest.raises(ValueError, match="save_every must be a positive whole number, got 0"):
        trained(tmp_path, save_every=0)


def test_an_epoch_that_was_stopped_early_is_not_saved_as_a_whole_one(tmp_path, whole):
    class StopGently(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if int(self.model.steps.numpy()) > 12:
                self.model.stop_training = True

    _, history = trained(tmp_path, callbacks=[StopGently()])
    assert history.epoch == [0, 1, 2]
    assert [path.name for path in Saves(tmp_path).complete()] == ["epoch_000001", "epoch_000002"]
    gan, _ = trained(tmp_path)
    assert_same_bits(gan, whole[0])


# A real process, killed


SCRIPT = """
import sys, time
from tests.gan_helpers.resumed import trained, state
import keras, numpy as np

class Slow(keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        print("call", flush=True)
        time.sleep({pause})

gan, _ = trained({folder!r}, callbacks=[Slow()], run_eagerly=False)
np.savez({result!r}, *state(gan))
"""


def start(tmp_path, pause):
    script = SCRIPT.format(
        folder=str(tmp_path / "saves"),
        result=str(tmp_path / "result.npz"),
        pause=pause,
    )
    return subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGKILL")
def test_a_process_killed_at_random_moments_ends_with_the_same_bits(tmp_path):
    whole = trained(run_eagerly=False)
    moments = np.random.default_rng(int(time.time())).integers(1, 6, size=3)
    print("killed after calls", moments)
    for calls in moments:
        process = start(tmp_path, pause=0.02)
        for _ in range(calls):
            process.stdout.readline()
        time.sleep(np.random.default_rng().uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        assert not (tmp_path / "result.npz").exists()
    with start(tmp_path, pause=0) as process:
        process.communicate()
    assert process.returncode == 0
    with np.load(tmp_path / "result.npz") as result:
        for name, expected in zip(result.files, state(whole[0]), strict=True):
            np.testing.assert_array_equal(result[name], expected)


# Saves that are damaged


@pytest.mark.parametrize("how", ["truncated", "one bit", "empty"])
@pytest.mark.parametrize("file", ["progress.json", "state.index", "state.data", "snapshots"])
def test_a_damaged_save_is_named_and_the_one_before_it_is_used(
    tmp_path, whole, four_epochs, file, how
):
    shutil.copytree(four_epochs, tmp_path, dirs_exist_ok=True)
    last = Saves(tmp_path).complete()[-1]
    (path,) = (path for path in last.iterdir() if path.name.startswith(file))
    damage(path, how)
    with pytest.warns(UserWarning, match="epoch_000004.* is damaged and is not used"):
        gan, _ = trained(tmp_path, callbacks=[shots()])
    assert_same_bits(gan, whole[0])


def test_a_file_that_is_gone_is_damage_too(tmp_path, whole, four_epochs):
    shutil.copytree(four_epochs, tmp_path, dirs_exist_ok=True)
    next(Saves(tmp_path).complete()[-1].glob("state.data*")).unlink()
    with pytest.warns(UserWarning, match="is damaged"):
        gan, _ = trained(tmp_path)
    assert_same_bits(gan, whole[0])


def test_where_all_saves_are_damaged_training_begins_anew(tmp_path, whole, four_epochs):
    shutil.copytree(four_epochs, tmp_path, dirs_exist_ok=True)
    for path in Saves(tmp_path).complete():
        damage(path / "progress.json", "truncated")
    with pytest.warns(UserWarning, match="is damaged"):
        gan, _ = trained(tmp_path)
    assert_same_bits(gan, whole[0])


# A disk that is full or locked


def test_a_full_disk_leaves_the_last_good_save(tmp_path, whole, monkeypatch):
    flush, calls = saves._flush, []

    def full(path):
        calls.append(path)
        if "epoch_000003" in str(path):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        flush(path)

    monkeypatch.setattr(saves, "_flush", full)
    with pytest.raises(SaveError, match="epoch 3 could not be saved.*No space left.*of epoch 2 is"):
        trained(tmp_path)
    assert [path.name for path in Saves(tmp_path).complete()] == ["epoch_000001", "epoch_000002"]
    monkeypatch.undo()
    gan, _ = trained(tmp_path)
    assert_same_bits(gan, whole[0])


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit on the size of a file")
def test_a_real_limit_of_the_file_system_is_reported(tmp_path):
    """A process that may write files of 2 kB only: TensorFlow's own error, not ours."""
    script = f"""
    import resource, signal, sys
    from tests.gan_helpers.resumed import trained
    from gan_helpers.saves import SaveError
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    trained({str(tmp_path)!r}, epochs=2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
    try:
        trained({str(tmp_path)!r}, epochs=3)
    except SaveError as error:
        print(error)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(script)], capture_output=True, text=True
    )
    assert "epoch 3 could not be saved" in done.stdout, done.stderr
    assert "the save of epoch 2 is still there" in done.stdout
    assert [path.name for path in Saves(tmp_path).complete()] == ["epoch_000001", "epoch_000002"]
    assert Saves(tmp_path).newest().name == "epoch_000002"


def test_a_folder_that_cannot_be_written_to_is_named_before_training(tmp_path):
    (tmp_path / "file").write_text("not a folder")
    calls = []
    count = keras.callbacks.LambdaCallback(on_train_begin=lambda logs: calls.append(1))
    with pytest.raises(SaveError, match="save_dir '.*file' cannot be written to"):
        trained(tmp_path / "file", callbacks=[count])
    assert calls == []


def test_what_a_killed_run_left_unfinished_is_removed(tmp_path):
    trained(tmp_path, epochs=1)
    left = tmp_path / "epoch_000002.unfinished"
    left.mkdir()
    (left / "progress.json").write_text(json.dumps({}))
    saves = Saves(tmp_path)
    assert [path.name for path in saves.complete()] == ["epoch_000001"]
    saves.open()
    assert not left.exists()
    saves.close()


# What stops early, what lies around, who else is there


@pytest.mark.parametrize("at", [14, 15], ids=["within an epoch", "at the end of an epoch"])
def test_the_last_whole_epoch_is_saved_whatever_ends_the_training(tmp_path, whole, at):
    """Five steps an epoch, a save every four epochs: epoch 2 or 3 would be lost otherwise."""

    class StopGently(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            if int(self.model.steps.numpy()) >= at:
                self.model.stop_training = True

    trained(tmp_path, callbacks=[StopGently()], save_every=4)
    (last,) = Saves(tmp_path).complete()
    assert last.name == f"epoch_00000{at // 5}"
    gan, _ = trained(tmp_path, save_every=4)
    assert_same_bits(gan, whole[0])


def test_an_error_between_two_saves_costs_no_whole_epoch(tmp_path, whole):
    with pytest.raises(RuntimeError, match="stopped"):
        trained(tmp_path, callbacks=[StopAt(8)], save_every=4)
    assert [path.name for path in Saves(tmp_path).complete()] == ["epoch_000002"]
    gan, _ = trained(tmp_path, save_every=4)
    assert_same_bits(gan, whole[0])


def test_new_saves_outlive_damaged_ones_of_later_epochs(tmp_path, whole, four_epochs):
    shutil.copytree(four_epochs, tmp_path, dirs_exist_ok=True)
    for path in Saves(tmp_path).complete():
        damage(path / "progress.json", "truncated")
    with pytest.warns(UserWarning, match="is damaged"):
        trained(tmp_path, epochs=2)
    assert [path.name for path in Saves(tmp_path).complete()] == ["epoch_000001", "epoch_000002"]
    gan, _ = trained(tmp_path)
    assert_same_bits(gan, whole[0])


def test_other_folders_are_left_alone(tmp_path, whole):
    trained(tmp_path, epochs=2)
    copy = tmp_path / "epoch_000001 (copy)"
    copy.mkdir()
    gan, _ = trained(tmp_path)
    assert_same_bits(gan, whole[0])
    assert copy.is_dir()


def test_snapshots_given_later_count_as_the_training_does(tmp_path):
    trained(tmp_path, epochs=2)
    snapshots = Snapshots(latent_vectors(2, 3, seed=0))
    trained(tmp_path, epochs=4, callbacks=[snapshots])
    assert snapshots.epochs == [2, 3, 4]
    assert len(snapshots.logs["d_loss"]) == 2


HOLD = """
import sys
from gan_helpers.saves import Saves
saves = Saves(sys.argv[1])
saves.open()
print("open", flush=True)
sys.stdin.read()
"""


def test_a_second_process_is_told_and_a_dead_one_does_not_block(tmp_path, whole):
    command = [sys.executable, "-c", HOLD, str(tmp_path)]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen(command, text=True, **pipes) as other:
        other.stdout.readline()
        with pytest.raises(SaveError, match="is used by another training that still runs"):
            trained(tmp_path)
        other.kill()
    gan, _ = trained(tmp_path)
    assert_same_bits(gan, whole[0])


def test_backup_and_restore_of_keras_goes_on_too(tmp_path, whole):
    backup = keras.callbacks.BackupAndRestore(tmp_path / "backup")
    with pytest.raises(RuntimeError, match="stopped"):
        trained(callbacks=[backup, StopAt(8)])
    gan, _ = trained(callbacks=[keras.callbacks.BackupAndRestore(tmp_path / "backup")])
    assert_same_bits(gan, whole[0])
