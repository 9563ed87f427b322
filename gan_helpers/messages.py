"""What the tests of the assignments say, in the language of the notebook.

The tests speak English, also in `notebooks/zh/`, whose code cells are the same. Where a notebook
lies in the folder of a language, the kernel translates a message as it shows the error.
"""

import functools
import importlib
import json
import os
import re
import sys
from pathlib import Path

ASSETS = Path(__file__).resolve().parent / "assets"
SPACE = re.compile(r"(?<=[\u3400-\u9fff]) (?=[\u3400-\u9fff])")  # Chinese has none
PLACE = re.compile(r"\{\d+\}")
# The badge at the top of a notebook has its path; a copy in Drive keeps the badge.
BADGE = re.compile(r"/blob/[^/\s]+/notebooks/(\w+)/")
FRONT_END_SECONDS = 5


def language() -> str | None:
    """The language of the notebook that runs, such as "zh"; None for English.

    It is that of GAN_LANGUAGE if that is set, else of a folder in the notebook's path; on Colab,
    where a kernel has no such path, in the address of the notebook's badge.
    """
    if "GAN_LANGUAGE" in os.environ:
        folders: tuple[str, ...] = (os.environ["GAN_LANGUAGE"],)
    else:
        # Jupyter's server tells the kernel which notebook it runs.
        session = Path(os.environ.get("JPY_SESSION_NAME", ""))
        folders = (*session.parts, *Path.cwd().parts, *_folders_on_colab())
    return next((name for name in folders if (ASSETS / f"messages.{name}.json").is_file()), None)


@functools.cache
def _folders_on_colab() -> tuple[str, ...]:
    """Folders in the addresses of the badges of a notebook on Colab; elsewhere none.

    The page in the browser is asked for the notebook, once. That is no documented interface: where
    it gives nothing, messages stay English.
    """
    if "google.colab" not in sys.modules:
        return ()
    try:
        colab = importlib.import_module("google.colab._message")
        reply = colab.blocking_request("get_ipynb", timeout_sec=FRONT_END_SECONDS)
        cells = reply["ipynb"]["cells"]
        words = ["".join(each["source"]) for each in cells if each["cell_type"] == "markdown"]
    except Exception:  # whatever has changed there, no answer may fail of it
        return ()
    return tuple(BADGE.findall("\n".join(words)))


@functools.cache
def _templates(name: str) -> list[tuple[re.Pattern, str]]:
    """Pattern of each message -> its translation, those with the most words first."""
    words = json.loads((ASSETS / f"messages.{name}.json").read_text(encoding="utf-8"))
    found = []
    for message in sorted(words, key=lambda text: len(PLACE.sub("", text)), reverse=True):
        pattern = "(.+?)".join(map(re.escape, PLACE.split(message)))
        found.append((re.compile(pattern, re.DOTALL), words[message]))
    # A message may be followed by another one. That is tried first: else what the first one fills
    # in could swallow the second.
    return [
        each
        for of, said in found
        for each in (
            (re.compile(rf"{of.pattern};?\s+(.+)", re.DOTALL), f"{said}{{+}}"),
            (of, said),
        )
    ]


def say(text: str, name: str | None = None) -> str:
    """A message in the language of the notebook; as it is, where it is not translated.

    Args:
        text: in English.
        name: of the language, or None for that of the notebook.
    """
    name = name or language()
    if name is None:
        return text
    for pattern, said in _templates(name):
        if found := pattern.fullmatch(text.strip()):
            *filled, last = [*found.groups(), ""]
            if said.endswith("{+}"):
                *filled, rest = filled
                last = say(rest, name)
                if last == rest:  # half a translation would be worse than none
                    continue
            for number, each in enumerate(filled):
                said = said.replace(f"{{{number}}}", say(each, name))
            return SPACE.sub("", said.removesuffix("{+}") + last)
    return text


def install() -> None:
    """Let the notebook show what tests say in its language; without effect in English."""
    shell = sys.modules["IPython"].get_ipython() if "IPython" in sys.modules else None
    if shell is not None and language() is not None:
        # RuntimeError: an unanswered question, and a function that a test withholds.
        shell.set_custom_exc((AssertionError, RuntimeError), _show)


def _show(shell, kind, error, traceback, tb_offset=None):
    error.args = tuple(say(arg) if isinstance(arg, str) else arg for arg in error.args)
    shell.showtraceback((kind, error, traceback), tb_offset=tb_offset)
