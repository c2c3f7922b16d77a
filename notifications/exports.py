"""Lists for mail merge, as files that a spreadsheet opens without running anything in them."""

import csv
import re
import unicodedata
from collections.abc import Iterable
from io import StringIO

from notifications.rendering.sheets import Holder

COLUMNS = ("Nom", "Prénom", "Classe", "Identifiant", "Mot de passe provisoire", "À utiliser avant le")

FORMULA = re.compile(r"\s*[=+\-@\u2212\t\r\n]")
"""How a cell begins that a spreadsheet may compute, after blanks too: = + - @, the minus sign, tab, line end."""


def defused(cell: str) -> str:
    """`cell` as text, whatever it begins with: an apostrophe goes before what could be taken for a formula.

    Full-width and small forms of the signs count as the signs; invisible characters before them do not.

    >>> defused("=1+1"), defused("＋33"), defused("Zoé")
    ("'=1+1", "'＋33", 'Zoé')
    """
    visible = "".join(character for character in cell if unicodedata.category(character) != "Cf")
    return f"'{cell}" if FORMULA.match(unicodedata.normalize("NFKC", visible)) else cell


def passwords_csv(holders: Iterable[Holder]) -> bytes:
    """The provisional passwords of `holders`, in the order given, as Excel in French reads them.

    Semicolons, UTF-8 with BOM. Passwords stand in groups of four, as on the letters: a spreadsheet would take
    some bare ones for numbers.
    """
    table = StringIO(newline="")
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for holder in holders:
        row = (
            holder.last_name,
            holder.first_name,
            holder.classroom,
            holder.username,
            holder.grouped_secret,
            f"{holder.valid_until:%d/%m/%Y}",
        )
        writer.writerow([defused(cell) for cell in row])
    return table.getvalue().encode("utf-8-sig")
