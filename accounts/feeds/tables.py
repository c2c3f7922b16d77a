"""CSV of unknown hands, as ONDE writes it and people save it again: rows with the line they begin on."""

import csv
import io
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from accounts.feeds.names import fold
from accounts.feeds.report import Refusal, Refused
from accounts.feeds.xml import UTF8_MARK, UTF16_MARKS, Chunks

SIZE_LIMIT = 20 * 1024**2
"""Bytes of one school's file; 1,000 pupils take 200 kB."""

ROWS_LIMIT = 50_000
CELLS_LIMIT = 400


@dataclass(frozen=True, slots=True)
class Row:
    """A row: ragged, so a cell that is not there is empty."""

    line: int
    cells: list[str]

    def cell(self, place: int | None) -> str:
        return self.cells[place].strip() if place is not None and place < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class Table:
    """A file of rows. `header` is folded: no accents, case, blanks, apostrophes."""

    name: str
    header: list[str]
    rows: list[Row]

    def place(self, *names: str) -> int | None:
        """The first column of one of these names."""
        return next((self.header.index(name) for name in names if name in self.header), None)


def read_header(chunks: Chunks, name: str) -> list[str]:
    """The first row's names, folded: enough to know the file. Raises `Refusal` as `read_table`."""
    with closing(chunks()) as pieces:
        head = next(pieces, b"")
    text = _decoded(head[: len(head) - len(head) % 2] if head[:2] in UTF16_MARKS else head, name, is_whole=False)
    first = next(_rows(text.lstrip("\ufeff"), name), Row(1, []))
    return [fold(cell) for cell in first.cells]


def read_table(chunks: Chunks, name: str) -> Table:
    """The whole file. Raises `Refusal` where it is too large, holds NULs, or is no CSV."""
    data = bytearray()
    with closing(chunks()) as pieces:
        for piece in pieces:
            data += piece
            if len(data) > SIZE_LIMIT:
                raise Refusal(Refused.TOO_LARGE, name, None, f"more than {SIZE_LIMIT} bytes")
    text = _decoded(bytes(data), name).lstrip("\ufeff")
    if "\0" in text:
        raise Refusal(Refused.MALFORMED, name, text[: text.index("\0")].count("\n") + 1, "NUL character")
    rows = list(_rows(text, name))
    if not rows:
        raise Refusal(Refused.EMPTY, name)
    return Table(name, [fold(cell) for cell in rows[0].cells], rows[1:])


def _rows(text: str, name: str) -> Iterator[Row]:
    """The rows that hold something, with the line that each begins on."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text.split("\n", 1)[0]))
    line, count = 1, 0
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                count += 1
                if count > ROWS_LIMIT or len(cells) > CELLS_LIMIT:
                    detail = f"more than {ROWS_LIMIT} rows or {CELLS_LIMIT} cells"
                    raise Refusal(Refused.TOO_LARGE, name, line, detail)
                yield Row(line, cells)
            line = reader.line_num + 1
    except csv.Error as error:
        raise Refusal(Refused.MALFORMED, name, line, str(error)) from None


def _separator(first_line: str) -> str:
    return ";" if ";" in first_line or "," not in first_line else ","


def _decoded(data: bytes, name: str, is_whole: bool = True) -> str:
    """By the mark, else UTF-8, else cp1252."""
    if data[:2] in UTF16_MARKS:
        return _strictly(data[2:], UTF16_MARKS[data[:2]], name)
    while data.startswith(UTF8_MARK):
        data = data.removeprefix(UTF8_MARK)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        if not is_whole and error.start > len(data) - 4:
            return data[: error.start].decode("utf-8")
        return _strictly(data, "cp1252", name)


def _strictly(data: bytes, encoding: str, name: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise Refusal(Refused.BAD_ENCODING, name, line, f"neither UTF-8 nor {encoding}") from None
