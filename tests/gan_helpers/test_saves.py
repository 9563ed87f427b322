"""The saves of a folder, whatever they hold: no TensorFlow operation runs here."""

import errno
import hashlib
import json
import os
import re
import shutil

from gan_helpers import saves
from gan_helpers.saves import SaveError, Saves

import pytest


def fill(folder):
    """Two files, of which one is empty."""
    (folder / "state").write_bytes(b"weights")
    (folder / "progress.json").write_bytes(b"")


def written(folder, *epochs, **keep):
    folder.mkdir(exist_ok=True)  # which `open` does otherwise
    kept = Saves(folder, **keep)
    for epoch in epochs:
        kept.write(epoch, fill)
    return kept


def names(folder):
    return sorted(path.name for path in folder.iterdir())


# What is kept


def test_the_last_two_saves_are_kept_or_as_many_as_one_says(tmp_path):
    written(tmp_path / "two", 1, 2, 3, 4)
    assert names(tmp_path / "two") == ["epoch_000003", "epoch_000004"]
    written(tmp_path / "one", 5, 10, keep=1)
    assert names(tmp_path / "one") == ["epoch_000010"]
    written(tmp_path / "three", 1, 2, 3, 4, keep=3)
    assert names(tmp_path / "three") == ["epoch_000002", "epoch_000003", "epoch_000004"]


def test_saves_count_by_their_number_and_not_by_its_text(tmp_path):
    kept = written(tmp_path, 999_999, 1_000_000, 1_000_001)
    assert [path.name for path in kept.complete()] == ["epoch_1000000", "epoch_1000001"]
    assert kept.newest().name == "epoch_1000001"


def test_a_save_holds_what_was_filled_in_with_the_sum_of_each_file(tmp_path):
    path = written(tmp_path, 7).newest()
    assert names(path) == ["progress.json", "sha256.json", "state"]
    sums = {"state": b"weights", "progress.json": b""}
    assert json.loads((path / "sha256.json").read_text()) == {
        name: hashlib.sha256(content).hexdigest() for name, content in sums.items()
    }


def test_a_save_takes_the_place_of_an_older_one_of_its_epoch(tmp_path):
    kept = written(tmp_path, 1, 2)
    (tmp_path / "epoch_000003.unfinished" / "half").mkdir(parents=True)
    kept.write(2, lambda folder: (folder / "new").write_text("text"))
    assert names(kept.newest()) == ["new", "sha256.json"]
    kept.write(3, fill)
    assert names(kept.newest()) == ["progress.json", "sha256.json", "state"]
    assert names(tmp_path) == ["epoch_000002", "epoch_000003"]


def test_saves_of_later_epochs_are_deleted_for_they_were_damaged(tmp_path):
    kept = written(tmp_path, 5, 6)
    kept.write(3, fill)
    assert names(tmp_path) == ["epoch_000003"]


def test_an_old_save_that_cannot_be_deleted_stops_nothing(tmp_path, monkeypatch):
    remove = shutil.rmtree

    def held(path, ignore_errors=False):
        """As Windows does while another program has a file of the folder open."""
        if path.name != "epoch_000001":
            remove(path, ignore_errors)
        elif not ignore_errors:
            raise PermissionError(errno.EACCES, "Access is denied", str(path))

    monkeypatch.setattr(saves.shutil, "rmtree", held)
    assert written(tmp_path, 1, 2, 3, 4).newest().name == "epoch_000004"
    assert names(tmp_path) == ["epoch_000001", "epoch_000003", "epoch_000004"]


def test_other_files_are_left_alone(tmp_path):
    others = ["epoch_000001 (copy)", "epoch_", "epoch_one", "my_epoch_000009", "notes.txt"]
    for name in others:
        (tmp_path / name).mkdir()
    kept = written(tmp_path, 1, 2, 3)
    assert [path.name for path in kept.complete()] == ["epoch_000002", "epoch_000003"]
    assert names(tmp_path) == sorted([*others, "epoch_000002", "epoch_000003"])


# What is damaged


@pytest.mark.parametrize(
    "spoil",
    [
        lambda path: (path / "state").write_bytes(b"weighty"),
        lambda path: (path / "state").unlink(),
        lambda path: (path / "more").write_bytes(b""),
        lambda path: (path / "sha256.json").unlink(),
        lambda path: (path / "sha256.json").write_text("{"),
    ],
    ids=["changed", "gone", "one more", "no sums", "half the sums"],
)
def test_a_damaged_save_is_named_and_the_one_before_it_is_taken(tmp_path, spoil):
    kept = written(tmp_path, 1, 2)
    spoil(tmp_path / "epoch_000002")
    said = re.escape(f"{str(tmp_path / 'epoch_000002')!r} is damaged and is not used; the save bef")
    with pytest.warns(UserWarning, match=f"^{said}") as caught:
        assert kept.newest().name == "epoch_000001"
    assert len(caught) == 1
    assert caught[0].filename == __file__, "the warning points to who asked"


@pytest.mark.filterwarnings("error")
def test_a_whole_save_is_taken_without_a_warning(tmp_path):
    assert Saves(tmp_path).newest() is None
    assert written(tmp_path, 1, 2).newest().name == "epoch_000002"


def test_where_all_are_damaged_there_is_none(tmp_path):
    kept = written(tmp_path, 1, 2)
    for path in kept.complete():
        (path / "state").write_bytes(b"")
    with pytest.warns(UserWarning, match="is damaged") as caught:
        assert kept.newest() is None
    assert len(caught) == 2


# What cannot be written


@pytest.mark.parametrize(
    ("error", "advice"),
    [
        (OSError(errno.ENOSPC, "voll"), "Make room on the disk"),
        (RuntimeError(f"RESOURCE_EXHAUSTED: x; {os.strerror(errno.ENOSPC)}"), "Make room on the"),
        (PermissionError(errno.EACCES, "denied"), "Close what holds a file of that folder open,"),
        (OSError(errno.EIO, "Input/output error"), "Mend that"),
        (ValueError("no room for this"), "Mend that"),
    ],
    ids=["full", "full, in TensorFlow's words", "held", "broken", "other"],
)
def test_a_save_that_fails_says_why_what_is_left_and_what_to_do(tmp_path, error, advice):
    def fail(folder):
        (folder / "half").write_text("text")
        raise error

    with pytest.raises(SaveError) as caught:
        Saves(tmp_path).write(1, fail)
    where = f"epoch 1 could not be saved in {str(tmp_path)!r}: {error}"
    assert str(caught.value).startswith(f"{where}; none is kept. {advice}")
    assert str(caught.value).endswith("and run it again: training goes on from the last save")
    assert caught.value.__cause__ is error
    assert names(tmp_path) == []

    written(tmp_path, 1, 2, 3, keep=3)
    with pytest.raises(SaveError, match="; the save of epoch 3 is still there. "):
        Saves(tmp_path).write(4, fail)
    assert names(tmp_path) == ["epoch_000001", "epoch_000002", "epoch_000003"]
    assert Saves(tmp_path).newest().name == "epoch_000003"


def test_a_folder_that_is_gone_is_said_to_be_the_reason(tmp_path):
    with pytest.raises(SaveError, match="epoch 1 could not be saved in .*gone.*; none is kept"):
        Saves(tmp_path / "gone").write(1, fill)


def test_all_of_a_save_is_on_the_disk_before_it_has_its_name(tmp_path, monkeypatch):
    flush, flushed = saves._flush, []

    def look(path):
        flushed.append((path.name, names(tmp_path)))
        flush(path)

    monkeypatch.setattr(saves, "_flush", look)
    written(tmp_path, 1)
    *parts, last = flushed
    unfinished = ["epoch_000001.unfinished"]
    content = ["progress.json", "sha256.json", "state"]
    assert sorted(name for name, _ in parts) == sorted([*content, *unfinished])
    assert all(there == unfinished for _, there in parts)
    assert parts[-1][0] == unfinished[0], "a folder after what is in it"
    assert last == (tmp_path.name, ["epoch_000001"])


@pytest.mark.parametrize("fails", [False, True])
def test_what_is_flushed_is_closed_again(tmp_path, monkeypatch, fails):
    file, descriptors = tmp_path / "file", []
    file.write_text("text")

    def look(descriptor):
        descriptors.append(descriptor)
        assert os.path.samestat(os.fstat(descriptor), os.stat(path))
        if fails:
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(saves.os, "fsync", look)
    for path in (file, tmp_path):
        if fails:
            with pytest.raises(OSError, match="Input/output error"):
                saves._flush(path)
        else:
            saves._flush(path)
    assert len(descriptors) == 2
    for descriptor in descriptors:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(descriptor)
    assert file.read_text() == "text"


# To whom the folder belongs


def test_to_open_makes_the_folder_and_leaves_nothing_but_its_lock(tmp_path):
    folder = tmp_path / "new" / "folder"
    kept = Saves(folder)
    kept.open()
    kept.close()
    assert set(names(folder)) <= {".lock"}
    kept.open()  # a folder that is there is taken as it is
    kept.close()


def test_to_open_removes_what_a_killed_run_left_unfinished(tmp_path):
    kept = written(tmp_path, 1)
    (tmp_path / "epoch_000002.unfinished").mkdir()
    (tmp_path / "epoch_000002.unfinished" / "state").write_text("half")
    (tmp_path / "mine.unfinished").mkdir()
    assert [path.name for path in kept.complete()] == ["epoch_000001"]
    kept.open()
    kept.close()
    assert set(names(tmp_path)) - {".lock"} == {"epoch_000001", "mine.unfinished"}


def test_a_folder_belongs_to_one_training_at_a_time(tmp_path):
    one, other = Saves(tmp_path), Saves(str(tmp_path))
    one.open()
    said = f"save_dir {str(tmp_path)!r} is used by another training that still runs; wait for it"
    with pytest.raises(SaveError, match=f"^{re.escape(said)}"):
        other.open()
    with pytest.raises(SaveError, match="is used by another"):
        other.open()  # nor does the refusal let the folder go
    one.close()
    other.open()
    other.close()


def test_a_folder_that_cannot_be_written_to_is_named_and_let_go(tmp_path):
    (tmp_path / "probe.unfinished").mkdir()  # so that no probe can be written
    said = f"save_dir {str(tmp_path)!r} cannot be written to: "
    with pytest.raises(SaveError, match=f"^{re.escape(said)}.*; give a folder in which you may"):
        Saves(tmp_path).open()
    (tmp_path / "probe.unfinished").rmdir()
    kept = Saves(tmp_path)
    kept.open()
    kept.close()
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(SaveError, match="file' cannot be written to"):
        Saves(tmp_path / "file").open()


# A rename that is denied


def denied(times, monkeypatch):
    """Renames that are denied so many times, by a clock that runs 0.7 seconds a look."""
    rename, clock, calls = os.rename, (0.7 * look for look in range(1000)), []

    def sleep(seconds):
        assert 0 < seconds <= 1  # neither at once nor for long

    def deny(old, new):
        calls.append(new)
        if len(calls) <= times:
            raise PermissionError(errno.EACCES, "Access is denied", str(old))
        rename(old, new)

    monkeypatch.setattr(saves.os, "rename", deny)
    monkeypatch.setattr(saves.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(saves.time, "sleep", sleep)
    return calls


def test_a_rename_that_is_denied_for_a_moment_is_tried_again(tmp_path, monkeypatch):
    calls = denied(3, monkeypatch)
    Saves(tmp_path).write(1, lambda folder: (folder / "file").write_text("text"))
    assert len(calls) == 4
    assert [path.name for path in Saves(tmp_path).complete()] == ["epoch_000001"]


def test_a_rename_that_stays_denied_is_named_as_what_it_is(tmp_path, monkeypatch):
    calls = denied(1000, monkeypatch)
    with pytest.raises(SaveError, match="Access is denied.*Close what holds a file") as caught:
        Saves(tmp_path).write(1, lambda folder: (folder / "file").write_text("text"))
    assert "Make room" not in str(caught.value)
    assert 14 <= len(calls) <= 17
