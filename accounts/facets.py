"""What a list can be narrowed by beside classes and states: the figures' own conditions.

Statistics count with these conditions and their links ask lists for the same: a figure is what its list shows.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from django.db.models import Q

from accounts.enums import Origin

Facet = tuple[str, str]
"""A name and a value, as the address of a list says them: ("connexion", "jamais")."""

RECENT = timedelta(days=30)
NO_LEVEL = "sans"
LEVEL = re.compile(rf"[0-9A-Za-z]{{1,11}}|{NO_LEVEL}", re.ASCII)

ACCOUNT_FACETS: Mapping[str, Mapping[str, str]] = {
    "connexion": {"jamais": "jamais connectés", "recente": "connectés dans les 30 derniers jours"},
    "distribution": {"oui": "avec une date de distribution", "non": "sans date de distribution"},
    "niveau": {},
    "affectation": {"sans": "sans classe"},
}
"""Names, and the words of their values. A level is the code of a MEF, whichever it is."""

STUDENT_FACETS = {
    **ACCOUNT_FACETS,
    "responsables": {
        "0": "sans responsable activé",
        "1": "avec un seul responsable activé",
        "2": "avec deux responsables activés ou plus",
    },
}
GUARDIAN_FACETS = {
    **ACCOUNT_FACETS,
    "origine": {**dict(Origin.choices), "aucune": "Non renseignée"},
    "courriel": {"avec": "avec un courrier électronique", "sans": "sans courrier électronique"},
    "mobile": {"avec": "avec un mobile", "sans": "sans mobile"},
}


def is_known(facets: Mapping[str, Mapping[str, str]], name: str, value: str) -> bool:
    return value in facets[name] or (name == "niveau" and LEVEL.fullmatch(value) is not None)


def on_account(name: str, value: str, now: datetime, prefix: str = "") -> Q:
    """What pupils and guardians have in common, on an account reached through `prefix`."""
    match name, value:
        case "connexion", "jamais":
            return Q(**{f"{prefix}last_login_at__isnull": True})
        case "connexion", _:
            return Q(**{f"{prefix}last_login_at__gte": now - RECENT})
        case "distribution", _:
            return Q(**{f"{prefix}distributed_on__isnull": value == "non"})
    raise ValueError(name)


def on_level(value: str, prefix: str = "") -> Q:
    """At this level, on a schooling reached through `prefix`."""
    return Q(**{f"{prefix}mef__isnull": True} if value == NO_LEVEL else {f"{prefix}mef": value})


def on_student(name: str, value: str, now: datetime) -> Q:
    """On a schooling that has been given its `activated_guardians`."""
    match name, value:
        case "niveau", _:
            return on_level(value)
        case "affectation", _:
            return Q(classroom__isnull=True)
        case "responsables", "2":
            return Q(activated_guardians__gte=2)
        case "responsables", _:
            return Q(activated_guardians=int(value))
    return on_account(name, value, now, "student__")


def on_guardian(name: str, value: str, now: datetime, prefix: str = "") -> Q:
    """On a guardian reached through `prefix`."""
    match name, value:
        case "origine", _:
            return Q(**{f"{prefix}origin": "" if value == "aucune" else value})
        case "courriel" | "mobile", _:
            has_none = Q(**{f"{prefix}{'email' if name == 'courriel' else name}": ""})
            return has_none if value == "sans" else ~has_none
    return on_account(name, value, now, prefix)


def by_name(facets: Iterable[Facet]) -> dict[str, list[str]]:
    """The values of each name: of one name any will do, of several names all must.

    >>> by_name([("origine", "aten"), ("mobile", "sans"), ("origine", "aucune")])
    {'origine': ['aten', 'aucune'], 'mobile': ['sans']}
    """
    found: dict[str, list[str]] = {}
    for name, value in facets:
        found.setdefault(name, []).append(value)
    return found
