"""Lists for mail merge, as files that a spreadsheet opens without running anything in them."""

from collections.abc import Iterable

from educonnect_admin.toolkit.spreadsheet import csv_file
from notifications.rendering.sheets import Holder

COLUMNS = ("Nom", "Prénom", "Classe", "Identifiant", "Mot de passe provisoire", "À utiliser avant le")


def passwords_csv(holders: Iterable[Holder]) -> bytes:
    """The provisional passwords of `holders`, in the order given, as Excel in French reads them.

    Passwords stand in groups of four, as on the letters: a spreadsheet would take some bare ones for numbers.
    """
    rows = (
        (
            holder.last_name,
            holder.first_name,
            holder.classroom,
            holder.username,
            holder.grouped_secret,
            f"{holder.valid_until:%d/%m/%Y}",
        )
        for holder in holders
    )
    return csv_file(COLUMNS, rows)
