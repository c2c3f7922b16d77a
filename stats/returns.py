"""Days on which pupils come back to school, for the marks on a curve. Pure data.

Source: the national calendar, arrêtés of the ministry: a date a zone after winter and spring, one for all after autumn
and Christmas. Academies overseas and Corsica choose their own days: only the beginning of the year is marked there.
Nor has a year that is not listed any other mark: add its lines when it is published.
"""

from collections.abc import Mapping
from datetime import date

from stats.days import first_day

ZONES: Mapping[str, frozenset[str]] = {
    "A": frozenset(("Besançon", "Bordeaux", "Clermont-Ferrand", "Dijon", "Grenoble", "Limoges", "Lyon", "Poitiers")),
    "B": frozenset(
        (
            "Aix-Marseille",
            "Amiens",
            "Lille",
            "Nancy-Metz",
            "Nantes",
            "Nice",
            "Normandie",
            "Orléans-Tours",
            "Reims",
            "Rennes",
            "Strasbourg",
        )
    ),
    "C": frozenset(("Créteil", "Montpellier", "Paris", "Toulouse", "Versailles")),
}

AUTUMN, CHRISTMAS = "retour de la Toussaint", "retour de Noël"
WINTER, SPRING = "retour d’hiver", "retour de printemps"
FOR_ALL: Mapping[int, Mapping[date, str]] = {
    2025: {date(2025, 11, 3): AUTUMN, date(2026, 1, 5): CHRISTMAS},
    2026: {date(2026, 11, 2): AUTUMN, date(2027, 1, 4): CHRISTMAS},
}
BY_ZONE: Mapping[int, Mapping[str, Mapping[date, str]]] = {
    2025: {
        "A": {date(2026, 2, 23): WINTER, date(2026, 4, 20): SPRING},
        "B": {date(2026, 3, 2): WINTER, date(2026, 4, 27): SPRING},
        "C": {date(2026, 3, 9): WINTER, date(2026, 5, 4): SPRING},
    },
    2026: {
        "A": {date(2027, 3, 1): WINTER, date(2027, 4, 26): SPRING},
        "B": {date(2027, 3, 8): WINTER, date(2027, 5, 3): SPRING},
        "C": {date(2027, 2, 22): WINTER, date(2027, 4, 19): SPRING},
    },
}
"""By the year in which a school year begins."""


def returns(academy: str, first: date, last: date) -> list[tuple[date, str]]:
    """The returns to school between two days, both included, in an academy.

    >>> returns("Reims", date(2026, 9, 1), date(2026, 12, 1))
    [(datetime.date(2026, 9, 1), 'rentrée'), (datetime.date(2026, 11, 2), 'retour de la Toussaint')]
    """
    zone = next((zone for zone, academies in ZONES.items() if academy in academies), None)
    found: dict[date, str] = {}
    for year in range(first_day(first).year, first_day(last).year + 1):
        found[date(year, 9, 1)] = "rentrée"
        if zone:
            found |= FOR_ALL.get(year, {})
            found |= BY_ZONE.get(year, {}).get(zone, {})
    return sorted((day, label) for day, label in found.items() if first <= day <= last)
