"""Validators of chosen passwords that Django does not bring."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from zxcvbn import zxcvbn

from educonnect_admin.toolkit.text import fold


class MaximumLengthValidator:
    """Refuses passwords so long that hashing them becomes a weapon (CNIL 2022-100 wants a limit to exist)."""

    def __init__(self, max_length: int = 128) -> None:
        self.max_length = max_length

    def validate(self, password: str, user: object = None) -> None:
        if len(password) > self.max_length:
            raise ValidationError(self.get_help_text(), code="password_too_long")

    def get_help_text(self) -> str:
        told = _("Votre mot de passe ne peut pas dépasser %(number)d caractères.")
        return told % {"number": self.max_length}


class GuessableValidator:
    """Refuses what a guesser finds soon: words, names, dates, keyboards, and what the console knows of the person.

    CNIL 2022-100 takes computed guessability in place of rules on the kinds of characters, which ASVS 6.2.5 forbids.
    A score of 3 of 4 is about 10^8 guesses; the length and the slow hash come on top.
    """

    SCORE = 3
    KNOWN = ("username", "first_name", "last_name", "email")
    SHORTEST = 3
    """Letters of a known word that is looked for."""
    WEIGHED = 72
    """Characters looked at: more would take longer, and add nothing to a score that is already the best."""

    def validate(self, password: str, user: Any = None) -> None:
        known = {fold(str(getattr(user, name, "") or "")) for name in self.KNOWN}
        words = {word for text in known for word in (text, *text.split()) if len(word) >= self.SHORTEST}
        weighed = password[: self.WEIGHED]
        scores = [zxcvbn(part, user_inputs=sorted(words))["score"] for part in (weighed, _without(words, weighed))]
        if min(scores) < self.SCORE:
            raise ValidationError(
                _("Ce mot de passe se devine trop vite : prenez plusieurs mots sans lien entre eux."),
                code="password_guessable",
            )

    def get_help_text(self) -> str:
        return "Plusieurs mots sans lien entre eux valent mieux qu’un mot et des chiffres."


def _without(words: set[str], password: str) -> str:
    """The password, what is known of the person taken out of it: two words that anyone can look up are no secret."""
    rest = fold(password)
    for word in sorted(words, key=len, reverse=True):
        rest = rest.replace(word, "")
    return password if rest == fold(password) else rest or "-"
