"""One line of text as PDF operators: glyphs and kerning from HarfBuzz, measured, shrunk or wrapped to its place.

A text is set pair by pair, and what a pair of letters comes to is kept: the bundled fonts kern pairs and do no more to
Latin, Greek and Cyrillic. A pair that HarfBuzz does more to (a ligature, a mark that moves) is never kept; its text is
refused and laid out whole. No text is kept, so no password is.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from operator import add
from unicodedata import bidirectional, combining

import uharfbuzz as hb

MISSING = "\N{REPLACEMENT CHARACTER}"
"""Printed for a letter that no bundled font has, as in a whole layout."""

TURNED = {"R", "AL", "AN"}
"""Letters and figures that are set from the right."""

LITTLE_SMALLER = 0.8
"""A text that needs no more than this share of its size stays on its line; another is wrapped if it may be."""

ALONE = "\n"
WORD = re.compile(r"[^ -]*(?:-+| +|$)")


class UnsetError(Exception):
    """A text that cannot be set here right: it needs a whole layout."""


class Pairs(dict[str, str]):
    """The operators of a letter before its neighbour, glyph and kerning, shaped when they are first asked for."""

    def __init__(self, face: "Face") -> None:
        super().__init__()
        self._face = face

    def __missing__(self, pair: str) -> str:
        letters = pair.removesuffix(ALONE)
        if not self._face.covers.issuperset(map(ord, letters)):
            raise UnsetError
        glyph, advance = self._face.shaped(letters)
        kerning = self._face.widths[glyph] - round(advance)
        self._face.advances[pair] = advance
        return self.setdefault(pair, f"{glyph:04x}>{kerning}<" if kerning else f"{glyph:04x}")


class Face:
    """A font of the file: its name there, and the numbers of its glyphs. Widths are in thousandths of the size."""

    def __init__(self, name: str, weight: int, content: bytes) -> None:
        face = hb.Face(content)
        self.name, self.weight, self._font, self._scale = name, weight, hb.Font(face), 1000 / face.upem
        self.covers = frozenset(face.unicodes)
        self.pairs = Pairs(self)
        self.advances: dict[str, float] = {}
        self.widths: dict[int, int] = {}
        self.glyphs: dict[str, int] = {}

    def shaped(self, letters: str) -> tuple[int, float]:
        """The first glyph of one or two letters and its advance. Raises UnsetError where they do not stay one each."""
        buffer = hb.Buffer()
        buffer.add_str(letters)
        buffer.guess_segment_properties()
        buffer.language = "fr"
        # A letter stays one glyph: Noto would take some Vietnamese ones apart, and WeasyPrint set the parts askew.
        hb.shape(self._font, buffer, {"ccmp": False, "liga": False})
        places = buffer.glyph_positions
        moved = any(place.x_offset or place.y_offset for place in places)
        if moved or buffer.direction != "ltr" or len(places) != len(letters):
            raise UnsetError
        glyph = buffer.glyph_infos[0].codepoint
        self.widths[glyph] = round(self._font.get_glyph_h_advance(glyph) * self._scale)
        self.glyphs[letters[0]] = glyph
        return glyph, places[0].x_advance * self._scale


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """Where a text goes, in the units of the page: the start of its line and what that line leaves free."""

    color: str
    faces: Sequence[Face]
    size: float
    left: float
    top: float
    baseline: float
    width: float
    line_height: float
    lines: float
    rise: float
    """What of the height beyond one line goes above it: 0 nothing, 0.5 half, 1 all."""
    smallest: float
    """The share of its size down to which a text may be set."""
    share: float = 0
    """What of the free width stands before the text: 0 at the left, 0.5 centred, 1 at the right."""


@dataclass(slots=True)
class Ink:
    """What a file's own texts use of each font, so that no other glyph is put into it."""

    letters: dict[str, set[str]] = field(default_factory=dict)

    def runs(self, faces: Sequence[Face], text: str) -> tuple[str, float]:
        """`text` on one line, each letter in the first face that has it: the operators between `Tf`s, and the width."""
        try:
            return self._run(faces[0], text)
        except UnsetError:
            parts = [self._run(face, run) for face, run in _by_face(faces, text)]
            return "".join(operators for operators, _ in parts), sum(width for _, width in parts)

    def _run(self, face: Face, text: str) -> tuple[str, float]:
        pairs = list(map(add, text, text[1:] + ALONE))
        shown = "".join(map(face.pairs.__getitem__, pairs))
        self.letters.setdefault(face.name, set()).update(text)
        return f"/{face.name} %s Tf[<{shown}>]TJ ", sum(map(face.advances.__getitem__, pairs))

    def set_in(self, place: Place, text: str, *, at_any_size: bool = False) -> str:
        """`text` in its place, shrunk or wrapped if need be. Raises UnsetError."""
        shown, width = self.runs(place.faces, text)
        room = place.width / place.size * 1000
        if width <= room:
            return place.color + _line(place, shown, width, place.size, place.baseline)
        if width * LITTLE_SMALLER > room:
            for tenths in range(10, int(place.smallest * 10) - 1, -1):
                lines = self._wrapped(place, text, room * 10 / tenths)
                if lines and len(lines) * tenths <= place.lines * 10:
                    return place.color + _set_lines(place, lines, tenths / 10)
        if width * place.smallest > room and not at_any_size:
            raise UnsetError
        return place.color + _set_lines(place, [(shown, width)], int(room / width * 1000) / 1000)

    def _wrapped(self, place: Place, text: str, room: float) -> list[tuple[str, float]]:
        """`text` on lines that `room` holds, broken after blanks and hyphens; nothing where a word is too wide."""
        lines, line = [], ""
        for word in WORD.findall(text):
            if line and self.runs(place.faces, (line + word).rstrip())[1] > room:
                lines.append(line)
                line = ""
            line += word
        told = [self.runs(place.faces, each) for each in [*lines, line] if each]
        widest = max(self.runs(place.faces, each.rstrip())[1] for each in [*lines, line] if each)
        return told if widest <= room else []


def _set_lines(place: Place, lines: Sequence[tuple[str, float]], scale: float) -> str:
    top = place.top - (len(lines) * scale - 1) * place.rise * place.line_height
    first = top + scale * (place.baseline - place.top)
    return "".join(
        _line(place, *line, place.size * scale, first + scale * number * place.line_height)
        for number, line in enumerate(lines)
    )


def _line(place: Place, shown: str, width: float, size: float, baseline: float) -> str:
    left = place.left + place.share * (place.width - width * size / 1000)
    return f"1 0 0 -1 {left:.6g} {baseline:.6g} Tm " + shown.replace("%s", f"{size:.6g}")


def _by_face(faces: Sequence[Face], text: str) -> Iterator[tuple[Face, str]]:
    """`text` cut where the face changes; a blank stays with what stands before it.

    Raises UnsetError for marks, and for what is set from the right.
    """
    run, current = "", faces[0]
    if any(map(combining, text)) or not TURNED.isdisjoint(map(bidirectional, text)):
        raise UnsetError
    for letter in text:
        able = current if letter == " " else next((face for face in faces if ord(letter) in face.covers), None)
        if able is None:
            letter, able = MISSING, faces[-1]
        if run and able is not current:
            yield current, run
            run = ""
        run, current = run + letter, able
    yield current, run
