"""The tests of the assignments speak the language of the notebook, whose code is the same."""

import json
import os
import re
import sys
from pathlib import Path
from types import ModuleType

from gan_helpers import messages
from tests.grading.answers import generator_loss
from tools.translate.checks import ENGLISH, HAN

import nbformat
import pytest
from nbclient import NotebookClient

ROOT = Path(messages.__file__).parents[1]
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


def on_colab(monkeypatch, answer):
    """Lets the kernel find Colab's module, whose page gives this answer, a function."""
    for name in ("google", "google.colab", "google.colab._message"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    sys.modules["google.colab._message"].blocking_request = answer
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    monkeypatch.delenv("GAN_LANGUAGE", raising=False)
    messages._folders_on_colab.cache_clear()


@pytest.mark.parametrize(
    ("path", "language"),
    [
        ("zh/assignments/release/generator_loss/generator_loss.ipynb", "zh"),
        ("assignments/release/generator_loss/generator_loss.ipynb", None),
    ],
)
def test_on_colab_the_language_is_that_of_the_badge(tmp_path, monkeypatch, path, language):
    notebook = json.loads((ROOT / "notebooks" / path).read_text(encoding="utf-8"))
    asked = []

    def answer(request, timeout_sec):
        asked.append(request)
        return {"ipynb": notebook}

    on_colab(monkeypatch, answer)
    monkeypatch.chdir(tmp_path)
    assert messages.language() == messages.language() == language
    assert asked == ["get_ipynb"]


@pytest.mark.parametrize("reply", [None, {}, {"ipynb": {"cells": [{}]}}, TimeoutError()])
def test_a_colab_that_says_nothing_leaves_messages_english(tmp_path, monkeypatch, reply):
    def answer(*_, **__):
        if isinstance(reply, Exception):
            raise reply
        return reply

    on_colab(monkeypatch, answer)
    monkeypatch.chdir(tmp_path)
    assert messages.language() is None


def run_in(folder, notebook):
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "JPY_SESSION_NAME": ""}
    environment.pop("GAN_LANGUAGE", None)
    client = NotebookClient(
        notebook, allow_errors=True, resources={"metadata": {"path": str(folder)}}
    )
    client.execute(env=environment)


def test_wrong_answers_to_a_chinese_assignment_are_told_in_chinese():
    folder = ROOT / "notebooks" / "zh" / "assignments" / "release" / "generator_loss"
    notebook = nbformat.read(folder / "generator_loss.ipynb", as_version=4)
    answers = {each.question: each.source for each in generator_loss.WRONG if not each.hidden}
    answers["g_loss"] = "def g_loss(logits):\n    return losses.g_loss(logits)"
    for cell in notebook.cells:
        cell.source = answers.pop(cell.id, cell.source)
    assert answers == {}
    run_in(folder, notebook)
    errors = [
        output
        for cell in notebook.cells
        for output in cell.get("outputs", [])
        if output.output_type == "error"
    ]
    assert errors[0].ename == "RuntimeError" and len(errors) == 5
    for each in errors:
        assert re.search(HAN, each.evalue) and not ENGLISH.search(each.evalue), each.evalue
        assert each.evalue in "\n".join(each.traceback)


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
    run_in(folder, notebook)
    (error,) = notebook.cells[0].outputs
    assert (error.output_type, error.ename, error.evalue) == (
        "error",
        "AssertionError",
        "没有平滑。",
    )


@pytest.mark.parametrize("path", sorted(messages.ASSETS.glob("messages.*.json")), ids=str)
def test_what_fills_the_end_of_a_message_fills_the_end_of_its_translation(path):
    """It may be the rest of a longer sentence: "the loss at 2 is 3; it should be 4"."""
    for message, said in json.loads(path.read_text(encoding="utf-8")).items():
        if last := re.search(r"\{\d+\}$", message):
            assert said.endswith(last[0]), message
