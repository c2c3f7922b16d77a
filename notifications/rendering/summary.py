"""A school's figures on one page, for a staff meeting: aggregates only."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.template.loader import render_to_string

from notifications.rendering.sheets import Printed

CURVE = "courbe.png"


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryLine(Printed):
    """A state, how many accounts are in it, and their share as it is printed."""

    label: str
    number: str
    share: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryPart(Printed):
    """One kind of accounts."""

    title: str
    total: str
    rates: Sequence[SummaryLine]
    lines: Sequence[SummaryLine]


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryContext(Printed):
    """`counted_at`: a day and its hour. `curve` is a PNG, `curve_text` says what it shows."""

    school_name: str
    uai: str
    counted_at: str
    parts: Sequence[SummaryPart]
    curve: bytes = field(repr=False)
    curve_title: str
    curve_lines: Sequence[SummaryLine]


def summary_pdf(context: SummaryContext) -> bytes:
    """The page as PDF/UA-1. Raises RefusedError where it does not keep to one."""
    # Imported late, so that a process that renders nothing never loads WeasyPrint.
    from notifications.rendering.engine import Source, tagged_pdf

    html = render_to_string("letters/summary.html", {"title": f"Bilan des comptes, {context.uai}", "context": context})
    return tagged_pdf(Source(html=html, styles=("base.css", "summary.css"), images=((CURVE, context.curve),)))
