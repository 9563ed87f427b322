"""The tests of the assignments speak the language of the notebook, whose code is the same."""

import json
import os
from pathlib import Path

from gan_helpers import messages

import nbformat
import pytest
from nbclient import NotebookClient

WORDS = {
    "smoothing is left out.": "没有平滑。",
    "fakes get the label {0}, so D learns.": "假样本的标签是 {0}，所以 D 会学。",
    "{0} is {1}; it should be {2}": "{0} 是 {1}，应为 {2}",
    "the loss on {0} samples": "{0} 个样本上的损失",
    "Question {0}: passed.": "问题 {0}：通过。",
}


@pytest.fixture
def words(tmp_path, monkeypatch):
    (tmp_path / "messages.zh.json").write_text(json.dumps(WORDS), encoding="utf-8")
    monkeypatch.setattr(messages, "ASSETS", tmp_path)
    messages._templates.cache_clear()
    yield tmp_path
    messages._templates.cache_clear()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("smoothing is left out.", "没有平滑。"),
        ("fakes get the label 0.25, so D learns.", "假样本的标签是 0.25，所以 D 会学。"),
        ("the loss on 40 samples is 1.5; it should be 2", "40 个样本上的损失是 1.5，应为 2"),
        ("Question 3: passed. smoothing is left out.", "问题 3：通过。没有平滑。"),
        ("smoothing is left out. nobody knows", "smoothing is left out. nobody knows"),
        ("nobody has translated this", "nobody has translated this"),
    ],
)
def test_a_message_is_translated_with_what_it_fills_in(words, text, said):
    assert messages.say(text, "zh") == said


def test_the_language_is_that_of_the_notebooks_folder(words, monkeypatch):
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.delenv("GAN_LANGUAGE", raising=False)
    monkeypatch.chdir(words)
    assert messages.language() is None
    assert messages.say("smoothing is left out.") == "smoothing is left out."
    monkeypatch.setenv("JPY_SESSION_NAME", "notebooks/zh/assignments/release/x/x.ipynb")
    assert messages.language() == "zh"
    monkeypatch.setenv("GAN_LANGUAGE", "en")
    assert messages.language() is None


def test_the_kernel_shows_the_translation_and_the_cell_fails(words):
    code = f"""
from gan_helpers import messages
from pathlib import Path
messages.ASSETS = Path({str(words)!r})
messages.install()
assert False, "smoothing is left out."
"""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(code)])
    folder = words / "zh"
    folder.mkdir()
    environment = {**os.environ, "PYTHONPATH": str(Path(messages.__file__).parents[1])}
    client = NotebookClient(
        notebook, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute(env=environment)
    (error,) = notebook.cells[0].outputs
    assert (error.output_type, error.ename, error.evalue) == (
        "error",
        "AssertionError",
        "没有平滑。",
    )
