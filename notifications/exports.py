"""Lists for mail merge, as files that a spreadsheet opens without running anything in them."""

from collections.abc import Iterable

from educonnect_admin.toolkit.spreadsheet import Cell, csv_file, xlsx_file
from notifications.rendering.sheets import Holder

COLUMNS = ("Nom", "Prénom", "Classe", "Identifiant", "Mot de passe provisoire", "À utiliser avant le")


def passwords_csv(holders: Iterable[Holder]) -> bytes:
    """The provisional passwords of `holders`, in the order given, as Excel in French reads them."""
    return csv_file(COLUMNS, map(_row, holders))


def passwords_xlsx(holders: Iterable[Holder]) -> bytes:
    """The same, as a workbook."""
    return xlsx_file(COLUMNS, map(_row, holders))


def _row(holder: Holder) -> tuple[Cell, ...]:
    """Passwords stand in groups of four, as on the letters: a spreadsheet would take some bare ones for numbers."""
    named = (holder.last_name, holder.first_name, holder.classroom, holder.username)
    return (*named, holder.grouped_secret, holder.valid_until)
