"""French typography for templates: dates, hours, figures, set with the spaces that French wants.

Knows nothing of the domain. Every filter gives back an empty string for None, so that a template
decides alone what to write for a missing value.
"""

import datetime
import unicodedata
from collections.abc import Sized

from django import template

register = template.Library()

NO_BREAK = "\N{NO-BREAK SPACE}"
THIN_NO_BREAK = "\N{NARROW NO-BREAK SPACE}"


@register.filter(expects_localtime=True)
def clock(value: datetime.datetime | datetime.time | None) -> str:
    """An hour of the day: 15 h 02."""
    if value is None:
        return ""
    return f"{value.hour}{NO_BREAK}h{NO_BREAK}{value.minute:02}"


@register.filter(expects_localtime=True)
def moment(value: datetime.datetime | None) -> str:
    """A day and its hour, in the time zone in force: 23/11/2026 à 15 h 02."""
    if value is None:
        return ""
    return f"{value:%d/%m/%Y} à{NO_BREAK}{clock(value)}"


@register.filter
def thousands(value: int | None) -> str:
    """A whole number with a thin space between thousands: 1 204."""
    if value is None:
        return ""
    return f"{value:,}".replace(",", THIN_NO_BREAK)


@register.filter
def of(name: str | None) -> str:
    """A proper name after "de", elided before a vowel: de Reims, d’Amiens. A mute h is not known from its look."""
    if not name:
        return ""
    first = unicodedata.normalize("NFD", name)[0].lower()
    return f"d’{name}" if first in "aeiouy" else f"de {name}"


@register.filter
def percent(value: float | None) -> str:
    """A share given from 0 to 100, with one decimal where it says something: 12,5 % or 100 %."""
    if value is None:
        return ""
    text = f"{value:.1f}".removesuffix(".0").replace(".", ",")
    return f"{text}{NO_BREAK}%"


@register.filter
def plural(value: int | str | Sized | None) -> str:
    """The "s" of a plural; in French zero is singular.

    >>> plural(0), plural(1), plural("2"), plural(["a", "b"])
    ('', '', 's', 's')
    """
    number = int(value or 0) if isinstance(value, int | str | None) else len(value)
    return "s" if number > 1 else ""
