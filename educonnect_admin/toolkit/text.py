"""Keys for sorting and searching names. PostgreSQL here may have no ICU, so keys are made in Python and stored."""

import re
import unicodedata

LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def fold(text: str) -> str:
    """Lower case without accents, ligatures or punctuation, words separated by one blank.

    >>> fold("D’ORNAIN-LECŒUR  Zoé")
    'd ornain lecoeur zoe'
    """
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    # Once more: taking a mathematical letter apart gives a capital.
    return " ".join(re.findall(r"[^\W_]+", letters.casefold().translate(LIGATURES)))


def natural_key(text: str) -> str:
    """A key that sorts numbers by value: 6A < 6B < 10A. Digits are padded to six places.

    >>> natural_key("6EME B") < natural_key("10EME A")
    True
    """
    return re.sub(r"\d+", lambda digits: digits.group().zfill(6), fold(text))
