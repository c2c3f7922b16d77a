"""Lists for mail merge, as files that a spreadsheet opens without running anything in them."""

from collections.abc import Sequence

from educonnect_admin.toolkit.spreadsheet import Cell, csv_file, xlsx_file
from notifications.rendering.sheets import Holder, Kin

COLUMNS = ("Nom", "Prénom", "Classe", "Identifiant", "Mot de passe provisoire", "À utiliser avant le")


ADDRESS_LINES = 5
OF_GUARDIANS = (*COLUMNS, *(f"Adresse {number}" for number in range(1, ADDRESS_LINES + 1)), "Enfants")


def passwords_csv(holders: Sequence[Holder]) -> bytes:
    """The provisional passwords of `holders`, in the order given, as Excel in French reads them.

    Guardians' also have the postal address, and their children of this school.
    """
    return csv_file(_columns(holders), map(_row, holders))


def passwords_xlsx(holders: Sequence[Holder]) -> bytes:
    """The same, as a workbook."""
    return xlsx_file(_columns(holders), map(_row, holders))


def _columns(holders: Sequence[Holder]) -> tuple[str, ...]:
    return OF_GUARDIANS if holders and isinstance(holders[0], Kin) else COLUMNS


def _row(holder: Holder) -> tuple[Cell, ...]:
    """Passwords stand in groups of four, as on the letters: a spreadsheet would take some bare ones for numbers."""
    named = (holder.last_name, holder.first_name, holder.classroom, holder.username)
    row: tuple[Cell, ...] = (*named, holder.grouped_secret, holder.valid_until)
    if not isinstance(holder, Kin):
        return row
    lines = [*holder.address, *[""] * ADDRESS_LINES][:ADDRESS_LINES]
    return (*row, *lines, ", ".join(child.told for child in holder.children))
