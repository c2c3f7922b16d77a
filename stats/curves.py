"""The curve of a period, drawn. The only door to matplotlib: whoever draws imports it late.

It knows neither rows nor requests. Figures are made by hand, never by pyplot, which would keep them for ever; what
matplotlib shares between threads is used by one at a time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from textwrap import wrap
from threading import Lock
from typing import Any

import matplotlib as mpl
from matplotlib import font_manager
from matplotlib.figure import Figure
from matplotlib.ft2font import FT2Font

from stats.svg import accessible

FONTS = Path(__file__).resolve().parents[1] / "static" / "fonts"
FAMILY = "Atkinson Hyperlegible Next"
FILES = [FONTS / f"AtkinsonHyperlegibleNext-{weight}.ttf" for weight in ("Regular", "Bold")]
INK, SOFT, LINE = "#1c2330", "#4d5666", "#b9c0cc"
STYLES: tuple[dict[str, Any], ...] = (
    {"color": "#1d6b3a", "linestyle": "-", "marker": "o"},
    {"color": "#1f4e9c", "linestyle": (0, (6, 2)), "marker": "s"},
    {"color": "#a34700", "linestyle": (0, (1, 1.5)), "marker": "^"},
    {"color": "#4d5666", "linestyle": (0, (6, 2, 1, 2)), "marker": "D"},
)
"""One a line: told apart without colours, by stroke and mark."""
MARKS_A_LINE = 12
ROOM_FOR_NAMES = 1.36
"""Widths of the period that the axis has, the names of the lines included: in a browser without our font they are
wider than they are drawn here."""
TITLE_WIDTH = 72
SETTINGS: Any = {
    "font.family": [FAMILY, "sans-serif"],
    "font.size": 11,
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "courbe",
    "axes.edgecolor": LINE,
    "text.color": INK,
    "axes.labelcolor": SOFT,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
}
MONTHS = ("janv.", "févr.", "mars", "avril", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc.")
LOCK = Lock()

for file in FILES:
    font_manager.fontManager.addfont(file)
GLYPHS = frozenset(FT2Font(str(FILES[0])).get_charmap())


@dataclass(frozen=True, slots=True)
class Curve:
    """What is drawn: for each day a value a line. `returns` and `notifications` are marked at their days."""

    title: str
    text: str
    days: Sequence[date]
    lines: Sequence[tuple[str, Sequence[int]]]
    returns: Sequence[tuple[date, str]] = ()
    notifications: Sequence[tuple[date, int]] = field(default=())


def draw(curve: Curve, kind: str) -> bytes:
    """The curve as "svg", its texts as texts, or as "png"."""
    with LOCK, mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(9.6, 4.8), layout="constrained")
        axes = figure.add_subplot()
        _dress(axes, curve)
        _lines(axes, curve)
        _marks(axes, curve)
        drawn = BytesIO()
        if kind == "png":
            figure.savefig(drawn, format="png", dpi=200, metadata={"Title": curve.title, "Software": None})
            return drawn.getvalue()
        figure.savefig(drawn, format="svg", metadata={"Date": None, "Creator": None})
    return accessible(drawn.getvalue(), title=curve.title, text=curve.text)


def drawable(text: str) -> str:
    """`text` with what the font cannot draw replaced: a class may be called anything."""
    return "".join(sign if ord(sign) in GLYPHS else "?" for sign in text)


def _dress(axes: Any, curve: Curve) -> None:
    title = "\n".join(wrap(drawable(curve.title), TITLE_WIDTH)[:4])
    axes.set_title(title, loc="left", fontsize=13, fontweight="bold", pad=26)
    axes.set_ylabel("nombre de comptes")
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=LINE, linewidth=0.6)
    axes.set_axisbelow(True)
    highest = max((value for _, values in curve.lines for value in values), default=0)
    axes.set_ylim(-0.02 * max(highest, 5), 1.08 * max(highest, 5))
    axes.yaxis.get_major_locator().set_params(integer=True)
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}".replace(",", "\N{NARROW NO-BREAK SPACE}"))
    ticks = _ticks(curve.days)
    axes.set_xticks([curve.days.index(day) for day in ticks])
    axes.set_xticklabels([f"{day.day}{'er' if day.day == 1 else ''} {MONTHS[day.month - 1]}" for day in ticks])
    axes.set_xlim(-0.5, max(len(curve.days) - 1, 1) * ROOM_FOR_NAMES)


def _ticks(days: Sequence[date]) -> list[date]:
    """First days of months, or of a short period some days at a regular distance; the first and last day are told."""
    if len(days) > 45:
        months = [day for day in days if day.day == 1]
        return months if months and (days[-1] - months[-1]).days < 12 else [*months, days[-1]]
    step = max(1, len(days) // 5)
    return [*days[: -step or None : step], days[-1]] if len(days) > 1 else list(days)


def _lines(axes: Any, curve: Curve) -> None:
    """Each with its name and last value beside its end, pushed apart where they would touch."""
    bottom, top = axes.get_ylim()
    room, places = (top - bottom) / 15, range(len(curve.days))
    ends: list[tuple[float, str, str]] = []
    for (label, values), style in zip(curve.lines, STYLES, strict=False):
        every = max(1, len(values) // MARKS_A_LINE)
        axes.plot(places, values, linewidth=1.8, markersize=4.5, markevery=(0, every), **style)
        ends.append((values[-1], f"{label} : {values[-1]:,}".replace(",", "\N{NARROW NO-BREAK SPACE}"), style["color"]))
    height = bottom
    for value, label, color in sorted(ends):
        height = max(value, height + room)
        axes.annotate(
            label,
            xy=(len(curve.days) - 1, value),
            xytext=(max(len(curve.days) - 1, 1) * 1.03, height),
            color=color,
            va="center",
            annotation_clip=False,
            arrowprops={"arrowstyle": "-", "color": LINE, "linewidth": 0.7, "relpos": (0, 0.5)},
        )


def _marks(axes: Any, curve: Curve) -> None:
    """Returns to school as named lines, days of notifications as triangles on the axis."""
    bottom, top = axes.get_ylim()
    for day, label in curve.returns:
        place = curve.days.index(day)
        axes.axvline(place, ymax=0.98, color=SOFT, linewidth=0.8, linestyle=(0, (2, 3)))
        axes.text(place, top * 1.01, drawable(label), fontsize=9, color=SOFT, va="bottom", ha="left")
    if curve.notifications:
        places = [curve.days.index(day) for day, _ in curve.notifications]
        axes.plot(places, [bottom] * len(places), linestyle="", marker="^", markersize=8, color=INK, clip_on=False)
        below = {"transform": axes.transAxes, "clip_on": False}
        axes.plot([0.006], [-0.16], linestyle="", marker="^", markersize=8, color=INK, **below)
        note = "jour où un compte sur vingt au moins a été notifié"
        axes.text(0.02, -0.16, note, transform=axes.transAxes, fontsize=9, color=SOFT, va="center")
