"""The catalogue of a source: a gettext .po file, renewed when the English text changes."""

import difflib
from pathlib import Path

from tools.files import write_whole
from tools.translate.sources import LANGUAGES, LOCALE, Source, sources

import polib

# Above this share of equal text an old translation is worth correcting.
ALIKE = 0.5
PENDING = "pending"  # nothing is made from such a catalogue yet
COMPLETE = "complete"


def path_of(language: str, name: str) -> Path:
    """Where the catalogue of this name is kept."""
    return LOCALE / language / f"{name}.po"


def load(language: str, name: str) -> polib.POFile:
    """The catalogue of this name, or an empty one that is pending."""
    if path_of(language, name).exists():
        return polib.pofile(str(path_of(language, name)), wrapwidth=0, encoding="utf-8")
    catalogue = polib.POFile(wrapwidth=0, encoding="utf-8")
    catalogue.metadata = {
        "Project-Id-Version": "gan-notebooks",
        "Language": LANGUAGES[language]["sphinx"],
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "X-State": PENDING,
    }
    return catalogue


def state(language: str, name: str) -> str:
    """PENDING or COMPLETE, as the head of the catalogue has it."""
    return load(language, name).metadata["X-State"]


def edition(language: str) -> dict[str, Source]:
    """The sources whose catalogues are complete: these exist in this language."""
    return {name: source for name, source in sources().items() if state(language, name) == COMPLETE}


def renewed(
    old: polib.POFile, messages: dict[str, list[str]], memory: dict[str, str] | None = None
) -> polib.POFile:
    """A catalogue of these messages with the translations of the old one.

    A message that changed keeps its translation, fuzzy, beside the English text that it was made
    from. What has no place any more becomes obsolete, and goes when nothing else is left to do.

    Args:
        old: the catalogue so far.
        messages: message -> where it stands.
        memory: translations of the same messages in other catalogues.
    """
    new = polib.POFile(wrapwidth=0, encoding="utf-8")
    new.metadata = dict(old.metadata)
    known = {entry.msgid: entry for entry in old}
    lost = [entry for entry in old if entry.msgstr and entry.msgid not in messages]
    for message, places in messages.items():
        entry = known.get(message) or polib.POEntry(msgid=message)
        entry.obsolete = False
        entry.occurrences = [(place, "") for place in places]
        if not entry.msgstr and message in (memory or {}):
            entry.msgstr = (memory or {})[message]
        if not entry.msgstr and (before := _nearest(message, lost)) is not None:
            lost.remove(before)
            entry.msgstr, entry.tcomment = before.msgstr, before.tcomment
            entry.previous_msgid = before.previous_msgid or before.msgid
            entry.flags = ["fuzzy"]
        if "fuzzy" not in entry.flags:
            entry.previous_msgid = None
        new.append(entry)
    if problems(new):
        for entry in lost:
            entry.obsolete, entry.occurrences = True, []
            new.append(entry)
    return new


def _nearest(message: str, lost: list[polib.POEntry]) -> polib.POEntry | None:
    """The entry whose English text is most like this message, if any is like it."""
    best, found = ALIKE, None
    for entry in lost:
        matcher = difflib.SequenceMatcher(None, entry.msgid, message, autojunk=False)
        if matcher.quick_ratio() > best and (alike := matcher.ratio()) > best:
            best, found = alike, entry
    return found


def problems(catalogue: polib.POFile) -> list[str]:
    """What is left to do: untranslated, fuzzy and obsolete messages, each with its place."""
    found = []
    for entry in catalogue:
        place = entry.occurrences[0][0] if entry.occurrences else "nowhere"
        if entry.obsolete:
            what = "obsolete"
        elif not entry.msgstr:
            what = "untranslated"
        elif "fuzzy" in entry.flags:
            what = "fuzzy"
        else:
            continue
        found.append(f"{place}: {what}: {entry.msgid[:70]!r}")
    return found


def stale(catalogue: polib.POFile, source: Source) -> list[str]:
    """Messages of the source that the catalogue lacks, and those that it has too many."""
    messages = source.messages()
    ours = {entry.msgid for entry in catalogue if not entry.obsolete}
    missing = [
        f"{places[0]}: missing: {message[:70]!r}"
        for message, places in messages.items()
        if message not in ours
    ]
    return missing + [
        f"{source.name}: obsolete: {message[:70]!r}" for message in sorted(ours - set(messages))
    ]


def save(language: str, name: str, catalogue: polib.POFile) -> bool:
    """Write a catalogue; returns whether it changed."""
    # polib folds a long text after each line break in it, and nowhere else.
    text = str(catalogue).rstrip("\n") + "\n"
    path = path_of(language, name)
    if path.exists() and path.read_text(encoding="utf-8") == text:
        return False
    write_whole(path, text)
    return True


def table(language: str, name: str) -> dict[str, str]:
    """Message -> translation, of those that are translated and not fuzzy."""
    return {
        entry.msgid: entry.msgstr
        for entry in load(language, name)
        if entry.msgstr and not entry.obsolete and "fuzzy" not in entry.flags
    }


def memory(language: str) -> dict[str, str]:
    """The translations of all catalogues; where two differ, that of the first one."""
    found: dict[str, str] = {}
    for name in sources():
        found = table(language, name) | found
    return found
