"""What a printed sheet, or the slip on screen, hands out, found in its text."""

import re

SECRET = re.compile(r"\b[2-9A-HJKMNP-Z]{4}\s[2-9A-HJKMNP-Z]{4}\s[2-9A-HJKMNP-Z]{4}(?![0-9A-Z])")
"""A provisional password of the usual kind, grouped as it is shown."""

USERNAME = re.compile(r"\b[a-z]\.[a-z]+(?:-[a-z]+)*\d*(?![\w.@-])")
"""An identifiant; that of a compound name has a hyphen."""


def handed_by(text: str) -> tuple[str, str]:
    """The identifiant and the provisional password of a sheet of one person."""
    username, secret = USERNAME.search(text), SECRET.search(text)
    assert username is not None
    assert secret is not None
    return username.group(), secret.group()
