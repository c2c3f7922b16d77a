"""Keys for sorting and searching names. PostgreSQL here may have no ICU, so keys are made in Python and stored."""

import re
import unicodedata
from functools import lru_cache

SHORTEST_FORGIVEN, LONGEST_FORGIVEN = 3, 24
WHOLE_UP_TO = 5
"""Of a shorter word, the beginning alone is too little to go by once a letter of it may be wrong."""
LETTER = "[^ .]"

LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)
LONGEST_KEPT = 120
WORDS = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Lower case without accents, ligatures or punctuation, words separated by one blank.

    >>> fold("D’ORNAIN-LECŒUR  Zoé")
    'd ornain lecoeur zoe'
    """
    return _folded_before(text) if len(text) <= LONGEST_KEPT else _folded(text)


def _folded(text: str) -> str:
    if text.isascii():
        return " ".join(WORDS.findall(text.lower()))
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(LIGATURES))
    letters = "".join(character for character in decomposed if not unicodedata.combining(character))
    # Once more: taking a mathematical letter apart gives a capital.
    return " ".join(WORDS.findall(letters.casefold().translate(LIGATURES)))


_folded_before = lru_cache(maxsize=8192)(_folded)
"""Names come again and again; what is kept of them is bounded."""


def natural_key(text: str) -> str:
    """A key that sorts numbers by value: 6A < 6B < 10A. Digits are padded to six places.

    >>> natural_key("6EME B") < natural_key("10EME A")
    True
    """
    return re.sub(r"\d+", lambda digits: digits.group().zfill(6), fold(text))


def one_wrong_letter(word: str) -> str | None:
    """A regular expression for keys in which a word is this one but for a letter: another, missing, added, or two
    swapped; or is this one written in two words. Long words need only be begun.

    None for what is not forgiven: short and very long words, and figures, of which one wrong means another person.

    >>> bool(re.search(one_wrong_letter("lefebre"), "lefevre zoe")), one_wrong_letter("12345")
    (True, None)
    """
    if not (SHORTEST_FORGIVEN <= len(word) <= LONGEST_FORGIVEN and word.isalpha()):
        return None
    forms = {" ?".join(word)}
    for place in range(len(word)):
        before, after = word[:place], word[place + 1 :]
        forms |= {before + LETTER + after, before + LETTER + word[place:]}
        if len(word) > SHORTEST_FORGIVEN:
            forms.add(before + after)
        if after:
            forms.add(before + after[0] + word[place] + after[1:])
    end = "($|[ .0-9])" if len(word) <= WHOLE_UP_TO else ""
    return f"(^|[ .])({'|'.join(sorted(forms))}){end}"
