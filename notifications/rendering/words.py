"""What letters say, in French and in the languages of families: a file of sentences each, beside.

Not gettext: a letter shows two languages at once, whatever the process speaks, and is made without a framework.
"""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

FRENCH = "fr"
LANGUAGES = ("en", "ar", "uk", "pt", "tr", "es")
"""What may stand beside French on a sheet. The same as `accounts.enums.Language`."""

FOLDER = Path(__file__).parent / "words"


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language of a letter to `audience` ("student" or "guardian"), as templates read it."""

    language: str
    direction: str
    words: Mapping[str, str | Sequence[str]]

    def __getitem__(self, name: str) -> str | Sequence[str]:
        return self.words[name]


@cache
def tongue(language: str, audience: str) -> Tongue:
    """The sentences; those of the audience under their plain names: `title`, `intro`, `steps`, `help_text`."""
    if language not in (FRENCH, *LANGUAGES):
        raise ValueError(f"no words in {language!r}")
    told = tomllib.loads((FOLDER / f"{language}.toml").read_text("utf-8"))
    words = {name.removesuffix(f"_{audience}"): value for name, value in told.items()}
    return Tongue(language, told["direction"], words | {"help_text": told[f"help_{audience}"], "help": told["help"]})


def tongues(language: str, audience: str) -> list[Tongue]:
    """French, and the family's language where there is one."""
    return [tongue(each, audience) for each in (FRENCH, language) if each]
