"""Figures as tables that leave the console: aggregates only, no class so small that it names somebody."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from accounts.enums import Population
from educonnect_admin.toolkit.spreadsheet import Cell
from stats.counts import Counted, percent
from stats.models import DailyFigure
from stats.tables import TITLES, tables

FIGURES = ("Établissement", "Compté le", "Type de compte", "Tableau", "Ligne", "Mesure", "Comptes (nombre)", "Part (%)")
DAYS = (
    "Établissement",
    "Jour",
    "Type de compte",
    "Classe",
    "Comptes (nombre)",
    "Non notifiés (nombre)",
    "Notifiés (nombre)",
    "En cours d’activation (nombre)",
    "Notifications expirées (nombre)",
    "Activés (nombre)",
    "Bloqués (nombre)",
    "Taux d’activation (%)",
    "Notifiés ce jour-là (nombre)",
)


def figure_rows(uai: str, counted: Sequence[Counted], at: datetime) -> Iterator[tuple[Cell, ...]]:
    """One line a figure of every table, small groups put together."""
    moment = f"{at:%d/%m/%Y %H:%M}"
    for kind in counted:
        start = (uai, moment, TITLES[kind.population])
        yield (*start, "Ensemble", "Ensemble", "Comptes", str(kind.total), "100")
        for table in tables(kind, apart=False):
            for line in table.lines:
                for place, figure in enumerate(line.figures):
                    whole = line.figures[0].number if len(line.figures) > 1 else kind.total
                    share = percent(figure.number, whole)
                    told = table.columns[place] if len(table.columns) > 1 else "Comptes"
                    yield (*start, table.title, line.label, told, str(figure.number), _decimal(share))


def day_rows(
    uai: str, rows: Sequence[DailyFigure], population: Population, classroom: str
) -> Iterator[tuple[Cell, ...]]:
    """One line a day."""
    for row in rows:
        numbers = (row.total, row.not_notified, row.notified, row.activating, row.expired, row.activated, row.blocked)
        yield (
            uai,
            row.day,
            TITLES[population],
            classroom or "Tout l’établissement",
            *(str(number) for number in numbers),
            _decimal(percent(row.activated, row.total)),
            str(row.notifications),
        )


def _decimal(share: float) -> str:
    return f"{share:.1f}".removesuffix(".0").replace(".", ",")
