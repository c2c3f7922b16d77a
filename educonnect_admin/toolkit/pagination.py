"""One page of a long list, and the way to the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Window

SIZES = (25, 50, 100)
GAP = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows `first` to `last` (counted from 1) of `total`; `number` of `count` pages."""

    rows: Sequence[Any]
    total: int
    number: int
    size: int

    @property
    def count(self) -> int:
        return max(1, -(-self.total // self.size))

    @property
    def first(self) -> int:
        return (self.number - 1) * self.size + 1 if self.total else 0

    @property
    def last(self) -> int:
        return min(self.number * self.size, self.total)

    def window(self) -> list[int | None]:
        """Numbers worth a link: the first, the last, two around the current; GAP where some are left out."""
        wanted = sorted({1, self.count, *range(max(1, self.number - 1), min(self.count, self.number + 1) + 1)})
        shown: list[int | None] = []
        for number in wanted:
            if shown and shown[-1] is not None and number > shown[-1] + 1:
                shown.append(GAP)
            shown.append(number)
        return shown


def whole_number(text: str, default: int) -> int:
    """A number typed in an address; what is not one, or has more than nine digits, is the default."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 9 else default


def paginate(rows: QuerySet[Any], *, number: int, size: int, in_one: bool = False) -> Page:
    """The asked page, or the nearest that exists. Two queries, whatever the size.

    `in_one`: the total comes with the rows, where finding them is the dear part, as in a search; a page past the end
    costs the two others.
    """
    size = size if size in SIZES else SIZES[0]
    if in_one:
        start = (max(1, number) - 1) * size
        found = list(rows.annotate(in_all=Window(Count("*")))[start : start + size])
        if found or start == 0:
            return Page(rows=found, total=found[0].in_all if found else 0, number=max(1, number), size=size)
    total = rows.count()
    number = min(max(1, number), max(1, -(-total // size)))
    start = (number - 1) * size
    return Page(rows=list(rows[start : start + size]), total=total, number=number, size=size)
