"""Texts as they arrive, made fit to be stored, compared and shown."""

import re
import unicodedata

C1_AS_CP1252 = {
    code: character for code in range(0x80, 0xA0) if (character := bytes([code]).decode("cp1252", "ignore"))
}
"""A C1 control is never meant: it is a cp1252 byte (’ œ Š ...) in a file that says ISO-8859-1 or -15."""

IGNORABLE = re.compile("[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180d\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]")
"""Signs that nobody sees, though Unicode counts them among letters and marks (fillers, selectors)."""

FIRST_OTHER_LETTER = "\u0370"
LATIN = ("LATIN", "MODIFIER", "FEMININE", "MASCULINE")
LIGATURES = str.maketrans(
    {"œ": "oe", "Œ": "OE", "æ": "ae", "Æ": "AE", "ß": "ss", "ø": "o", "Ø": "O", "ł": "l", "Ł": "L"}
)


def visible(text: str) -> str:
    """NFC, without control, direction, zero-width and other invisible characters; blanks are plain spaces,
    trimmed.

    Inner blanks keep their number: the class "T  G3" is not the class "T G3".
    """
    if text.isprintable() and (text.isascii() or _is_plain(text)):
        return text.strip()
    text = text.translate(C1_AS_CP1252)
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c)[0] != "C")
    return unicodedata.normalize("NFC", IGNORABLE.sub("", "".join(kept))).strip()


def clean(text: str) -> str:
    """`visible`, with each run of blanks made one space: for everything but codes."""
    text = visible(text)
    return " ".join(text.split()) if "  " in text else text


def has_invisible(text: str) -> bool:
    """Whether the text carries characters that `visible` takes out or turns into plain spaces."""
    return not text.isprintable() or (not text.isascii() and IGNORABLE.search(text) is not None)


def has_other_script(text: str) -> bool:
    """Whether a letter is not Latin: a look-alike (Cyrillic А, Greek Ο), or a name not transliterated."""
    if text.isascii() or max(text) < FIRST_OTHER_LETTER:
        return False
    return any(c.isalpha() and not unicodedata.name(c, "").startswith(LATIN) for c in text)


def fold(text: str) -> str:
    """What an address can hold of a name: unaccented lower-case letters and digits, ligatures undone."""
    plain = unicodedata.normalize("NFKD", text.translate(LIGATURES)).casefold()
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def _is_plain(text: str) -> bool:
    return unicodedata.is_normalized("NFC", text) and not IGNORABLE.search(text)
