"""Tables as files that a spreadsheet opens without running anything in them."""

import csv
import re
import unicodedata
from collections.abc import Iterable, Sequence
from io import StringIO

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


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """As a spreadsheet in French reads it: semicolons, UTF-8 with BOM, every cell defused."""
    table = StringIO(newline="")
    writer = csv.writer(table, delimiter=";", lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([defused(cell) for cell in row] for row in rows)
    return table.getvalue().encode("utf-8-sig")
