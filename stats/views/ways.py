"""The pages of the statistics, from one to the other."""

from typing import Any

from django.urls import reverse

from accounts.permissions import ActiveMandate

PAGES = (
    ("Aujourd’hui", "statistics"),
    ("Évolution", "statistics_evolution"),
    ("Mes établissements", "statistics_schools"),
)


def ways(mandate: ActiveMandate, current: str) -> list[dict[str, Any]]:
    return [
        {"label": label, "url": reverse(name, args=[mandate.uai]), "current": name == current} for label, name in PAGES
    ]
