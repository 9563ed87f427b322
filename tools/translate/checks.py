"""What a translation must keep of its English message, and how Chinese is set."""

import re
from collections.abc import Iterator

from tools.translate.blocks import emphasis, protected

import polib

HAN = r"[\u3400-\u9fff]"
FULL = "，。：；？！、（）「」《》“”"
NUMBER = re.compile(r"(?<![\w.])\d+(?:[.,]\d+)*")
# A call, a point, an interval or a shape in a sentence: g(z; θ_g), (0, 0), (n, 1).
INSIDE = r"[^()（）\u3400-\u9fff]{1,40}"
TUPLE = re.compile(rf"(?<=\w)(?<!{HAN})\({INSIDE}\)|\((?=[^()]*[,\d·/=+−*]){INSIDE}\)")
LONGEST = 4  # lower-case English words in a row, as in a term at its first use
ENGLISH = re.compile(rf"(?:\b[a-z]{{2,}}\b[ ,]+){{{LONGEST},}}\b[a-z]{{2,}}\b")
TYPOGRAPHY = {
    "no space between Han and Latin": re.compile(
        rf"{HAN}[A-Za-z0-9$θψσγλβαεμℓ½]|[A-Za-z0-9$%θψσγλβαεμℓ½]{HAN}"
    ),
    "two spaces": re.compile(r"\S {2,}\S"),
    "space beside full-width punctuation": re.compile(
        r" [，。：；？！、（）「」《》“”]|[，。：；？！、（）「」《》“”] "
    ),
    "half-width punctuation beside Han": re.compile(
        rf"{HAN} ?[,;:?!]|[,;:?!] ?{HAN}|{HAN} ?\.(?!\w)"
    ),
    "half-width brackets beside Han": re.compile(rf"{HAN} ?\(|\({HAN}|{HAN}\)|\) ?{HAN}"),
    "straight quotation marks beside Han": re.compile(rf"{HAN} ?[\"']|[\"'] ?{HAN}"),
    "space between Han": re.compile(rf"{HAN} +{HAN}"),
    "a half-translated sentence": ENGLISH,
}


def faults(message: str, translation: str, language: str = "zh") -> Iterator[str]:
    """What is wrong with a translation, in words; nothing if it is right."""
    ours, words = protected(message)
    theirs, plain = protected(translation)
    for kind, found in ours.items():
        for extra in (found - theirs[kind]).elements():
            yield f"{kind} is missing: {extra}"
        for extra in (theirs[kind] - found).elements():
            yield f"{kind} is not in the English text: {extra}"
    lost = set(NUMBER.findall(words)) - set(NUMBER.findall(plain))
    if lost:
        yield f"numbers are missing: {', '.join(sorted(lost))}"
    if message.startswith("```"):
        return
    strong, shown = emphasis(translation)
    wanted, was_shown = emphasis(message)
    if strong != wanted or shown.count("*") != was_shown.count("*"):
        yield f"emphasis: {dict(strong)} take effect, {dict(wanted)} in English; see *"
    if message.startswith("|") and message.count("|") != translation.count("|"):
        yield "the row has another number of cells"
    if translation.strip() != translation or ("\n" in translation and "\n" not in message):
        yield "white space at an end, or a line break"
    if language in RULES:
        yield from RULES[language](translation)


def typography(translation: str) -> Iterator[str]:
    """Faults of Chinese typography in Markdown."""
    plain = protected(translation)[1]
    plain = re.sub(r"\] +(?=!?\[)", "\n", plain)  # a list of links
    plain = re.sub(r"!?\[|\]|(?<! )\*+|\*+(?! )", "", plain.replace("\\*", "X"))
    while (within := TUPLE.sub("X", plain)) != plain:  # D(G(z)) has one in another
        plain = within
    if plain.startswith("|"):
        # Cells are padded by a space each.
        plain = "\n".join(cell.strip() for cell in plain.split("|"))
    for fault, pattern in TYPOGRAPHY.items():
        if match := pattern.search(plain):
            start, end = max(match.start() - 8, 0), match.end() + 8
            yield f"{fault}: …{plain[start:end]}…"
    for letter in re.findall(HAN, plain):
        try:
            letter.encode("gb2312")
        except UnicodeEncodeError:
            yield f"not a simplified letter of GB 2312: {letter}"


RULES = {"zh": typography}  # of a language that has none, what must be kept is checked


def catalogue_faults(catalogue: polib.POFile, language: str) -> list[str]:
    """The faults of all translations in a catalogue, each with its place."""
    found = []
    for entry in catalogue:
        if entry.obsolete or not entry.msgstr or "fuzzy" in entry.flags:
            continue
        place = entry.occurrences[0][0] if entry.occurrences else "nowhere"
        # "as in English", said in a comment: a list of names, for example.
        if entry.msgstr == entry.msgid and entry.tcomment != "as in English":
            found.append(f"{place}: not translated: {entry.msgid[:70]!r}")
            continue
        for fault in faults(entry.msgid, entry.msgstr, language):
            found.append(f"{place}: {fault}\n    {entry.msgid[:70]!r}")
    return found
