"""By what a person can be reached: telephone numbers and mail addresses, usable or not."""

import re

PUNCTUATION = re.compile(r"[\s.\-()/]")
FOREIGN_PREFIX = re.compile(r"^(?:\+33|0033)0?")
NATIONAL = re.compile(r"0[1-9][0-9]{8}")
MAIL = re.compile(
    r"[A-Za-z0-9_%+-]+(?:\.[A-Za-z0-9_%+-]+)*@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)
MAIL_LIMIT = 254


def e164(number: str) -> str:
    """A French number in any spelling ("06 39 98 00 01", "+33 (0)6.39…") as "+33639980001"; else empty."""
    digits = FOREIGN_PREFIX.sub("0", PUNCTUATION.sub("", number))
    return "+33" + digits[1:] if NATIONAL.fullmatch(digits) else ""


def mobile(number: str) -> str:
    """`e164` of a number that can receive a message (06 or 07); else empty."""
    found = e164(number)
    return found if found[3:4] in ("6", "7") else ""


def mail(address: str) -> str:
    """The address if it is one plain address, unaccented; else empty."""
    return address if len(address) <= MAIL_LIMIT and MAIL.fullmatch(address) else ""
