"""What tools.translate finds in a text, keeps in a catalogue, and refuses in a translation."""

from tools.translate import build, sources
from tools.translate.blocks import headings, pieces, replaced
from tools.translate.catalogue import problems, renewed
from tools.translate.checks import catalogue_faults, faults

import polib
import pytest

TEXT = """# A title

A paragraph with $x$,
on two lines.

- one item
- $y$
    1. an item in it

| term | means |
| --- | --- |
| logit | a *number* |

$$V = \\text{ignored}$$

<details><summary>The answer</summary>

It is 3.
</details>

```
make lab     # opens the notebooks
```

```python
print("not this  # and that")
```
"""


def catalogue(*entries):
    made = polib.POFile()
    made.metadata = {"X-State": "complete"}
    for message, translation in entries:
        made.append(polib.POEntry(msgid=message, msgstr=translation))
    return made


def as_entries(made):
    return [(e.msgid, e.msgstr, "fuzzy" in e.flags, bool(e.obsolete)) for e in made]


def test_each_block_is_a_message_and_what_has_no_words_is_none():
    assert [piece.message for piece in pieces(TEXT)] == [
        "A title",
        "A paragraph with $x$, on two lines.",
        "one item",
        "an item in it",
        "| term | means |",
        "| logit | a *number* |",
        "The answer",
        "It is 3.",
        "```\nmake lab     # opens the notebooks\n```",
    ]


def test_what_stands_around_a_message_is_kept():
    changed = replaced(TEXT, lambda message: message.replace("item", "句"))
    assert changed == TEXT.replace("item", "句").replace("$x$,\non two", "$x$, on two")


def test_headings_are_found_in_order():
    assert headings(TEXT + "## Two\n") == ["A title", "Two"]


def test_a_text_of_every_source_with_its_own_messages_is_the_same_text():
    for source in sources.sources().values():
        for place, text in source.texts:
            assert replaced(text, lambda message: message) == text, place


def test_a_changed_message_keeps_its_translation_as_fuzzy():
    old = catalogue(("The mean of all samples is 3.", "所有样本的均值为 3。"), ("Same", "相同"))
    new = renewed(old, {"The mean of all samples is 4.": ["a:1"], "Same": ["a:2"]})
    assert as_entries(new) == [
        ("The mean of all samples is 4.", "所有样本的均值为 3。", True, False),
        ("Same", "相同", False, False),
    ]
    assert new[0].previous_msgid == "The mean of all samples is 3."
    assert problems(new) == ["a:1: fuzzy: 'The mean of all samples is 4.'"]
    # Changed once more, it still shows the text that the translation was made from.
    again = renewed(new, {"The mean of 5 samples is 4.": ["a:1"], "Same": ["a:2"]})
    assert again[0].previous_msgid == "The mean of all samples is 3."


def test_what_has_gone_is_obsolete_until_all_else_is_done():
    old = catalogue(("Gone for good", "旧"))
    new = renewed(old, {"Something else": ["a:1"]})
    assert as_entries(new) == [
        ("Something else", "", False, False),
        ("Gone for good", "旧", False, True),
    ]
    assert len(problems(new)) == 2
    new[0].msgstr = "新"
    assert as_entries(renewed(new, {"Something else": ["a:1"]})) == [
        ("Something else", "新", False, False)
    ]


def test_what_is_obsolete_comes_back_with_its_message():
    old = renewed(catalogue(("Gone for good", "旧")), {"Something else": ["a:1"]})
    new = renewed(old, {"Something else": ["a:1"], "Gone for good": ["a:2"]})
    assert ("Gone for good", "旧", False, False) in as_entries(new)


def test_another_catalogue_lends_its_translation():
    new = renewed(catalogue(), {"Answer": ["a:1"]}, {"Answer": "答案"})
    assert as_entries(new) == [("Answer", "答案", False, False)]


RIGHT = [
    ("The **generator** G draws $x$.", "**生成器**（generator）G 画出 $x$。"),
    ("See [chapter 02](02.ipynb), `x`.", "见[第 02 章](02.ipynb)和 `x`。"),
    ("*Nash*: at (0, 0), by 5 %.", "*纳什*：在 (0, 0) 处，差 5 %。"),
    ("| logit | a number |", "| logit | 一个数 |"),
    ("D(x) is one half", "D(x) 等于二分之一"),
    ('It answers "real".', "它回答“真”。"),
    ("Mescheder et al. (2018)", "Mescheder 等人（2018）"),
]
WRONG = [
    ("Draw $x$.", "画。", "formula is missing: $x$"),
    ("Draw.", "画 $x$。", "formula is not in the English text: $x$"),
    ("Draw `x`.", "画 `y`。", "code is missing: `x`"),
    ("[a](b.md) c", "[某](c.md) 词", "link target is missing: (b.md)"),
    ("It is 0.3.", "它是 0.4。", "numbers are missing: 0.3"),
    ("**Two:** words", "**两：**词", "emphasis"),
    ("*one* word", "一个词", "emphasis"),
    ("| a | b |", "| 甲 |", "another number of cells"),
    ("with G", "用G", "no space between Han and Latin"),
    ("with $x$", "用$x$", "no space between Han and Latin"),
    ("with [G](a)", "用[G](a)", "no space between Han and Latin"),
    ("A word, two", "一词, 二词", "half-width punctuation"),
    ("The end.", "结束.", "half-width punctuation"),
    ("G (it)", "生成器(它)", "half-width brackets"),
    ("G (it)", "生成器 (它)", "half-width brackets"),
    ('"real"', '"真"', "straight quotation marks"),
    ("a, b", "甲， 乙", "space beside full-width"),
    ("ab", "甲 乙", "space between Han"),
    ("a  b", "甲  b", "two spaces"),
    ("so", "这里 the mean of all samples 很小", "half-translated"),
    ("learn", "學", "not a simplified letter"),
    ("one two", "一句\n两句", "line break"),
]


@pytest.mark.parametrize(("message", "translation"), RIGHT)
def test_a_right_translation_has_no_fault(message, translation):
    assert list(faults(message, translation)) == []


@pytest.mark.parametrize(("message", "translation", "fault"), WRONG)
def test_a_fault_is_named(message, translation, fault):
    assert any(found.startswith(fault) or fault in found for found in faults(message, translation))


def test_english_that_stays_needs_a_word_of_the_translator():
    made = catalogue(("Mescheder et al.", "Mescheder et al."))
    assert len(catalogue_faults(made, "zh")) == 1
    made[0].tcomment = "as in English"
    assert catalogue_faults(made, "zh") == []


def test_links_lead_to_translated_files_where_these_exist(monkeypatch):
    notebooks = sources.ROOT / "notebooks"
    here, there = notebooks / "01_the_adversarial_game.ipynb", notebooks / "notation.md"
    monkeypatch.setattr(build, "_editions", lambda language: {here: "01", there: "notation"})
    monkeypatch.setattr(build, "_anchor", lambda path, anchor, language: anchor)
    text = (
        "[a](notation.md#symbols) [b](02_discriminator_loss.ipynb) [c](https://example.org/x)"
        " `[d](notation.md)` [e]({colab}{self}) [f]({colab}notebooks/notation.md)"
    )
    assert build.translated(text, here, "zh", {}) == (
        "[a](notation.md#symbols) [b](../02_discriminator_loss.ipynb) [c](https://example.org/x)"
        " `[d](notation.md)` [e](https://colab.research.google.com/github/"
        f"{sources.address(sources.ROOT)}/blob/main/notebooks/zh/01_the_adversarial_game.ipynb)"
        " [f](https://colab.research.google.com/github/"
        f"{sources.address(sources.ROOT)}/blob/main/notebooks/zh/notation.md)"
    )
