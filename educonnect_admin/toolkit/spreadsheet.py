"""Tables as files that a spreadsheet opens without running anything in them."""

import csv
import re
import unicodedata
from codecs import BOM_UTF8
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import BytesIO, StringIO

from xlsxwriter import Workbook

Cell = str | date | None
"""A text, a day, or nothing."""

XLSX_MEDIA = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 50
"""Characters of a column as it opens; longer texts are cut by the next column, not by us."""

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


def csv_pieces(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """As a spreadsheet in French reads it, line by line: semicolons, UTF-8 with BOM, every cell defused."""
    yield BOM_UTF8
    for row in (heads, *rows):
        line = StringIO(newline="")
        csv.writer(line, delimiter=";", lineterminator="\r\n").writerow([defused(_told(cell)) for cell in row])
        yield line.getvalue().encode()


def csv_file(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    return b"".join(csv_pieces(heads, rows))


def xlsx_file(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """The same table as a workbook of one sheet: texts stay texts, defused too, since it may become a CSV; days are
    days.

    Made in memory: a temporary file would leave names, or passwords, on the disk.
    """
    made = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(made, options) as workbook:
        sheet = workbook.add_worksheet()
        bold, day = workbook.add_format({"bold": True}), workbook.add_format({"num_format": "dd/mm/yyyy"})
        widths = [len(head) for head in heads]
        for column, head in enumerate(heads):
            sheet.write_string(0, column, defused(head), bold)
        for number, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                widths[column] = max(widths[column], len(_told(cell)))
                if isinstance(cell, date):
                    sheet.write_datetime(number, column, cell, day)
                elif cell:
                    sheet.write_string(number, column, defused(cell))
        for column, width in enumerate(widths):
            sheet.set_column(column, column, min(width, WIDEST) + 2)
        sheet.freeze_panes(1, 0)
    return made.getvalue()


def _told(cell: Cell) -> str:
    return f"{cell:%d/%m/%Y}" if isinstance(cell, date) else cell or ""
