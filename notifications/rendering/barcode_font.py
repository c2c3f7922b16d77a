"""The font that a barcode is set in: bars as outlines, drawn once a process."""

from functools import cache
from io import BytesIO

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen

from notifications.rendering.barcode import WIDTHS, letter

HEIGHT = 22
"""Of a bar, in modules; it is the size of the font. The eight signs of a code are 123 modules wide."""

MODULE = 100
"""Units of the font in a module."""


@cache
def barcode_font() -> bytes:
    """The font, as TrueType."""
    glyphs, advances = {".notdef": TTGlyphPen(None).glyph()}, {".notdef": (0, 0)}
    for value, widths in enumerate(WIDTHS):
        pen, left = TTGlyphPen(None), 0
        for place, width in enumerate(map(int, widths)):
            right = left + width * MODULE
            if place % 2 == 0:
                pen.moveTo((left, 0))
                for corner in ((left, HEIGHT * MODULE), (right, HEIGHT * MODULE), (right, 0)):
                    pen.lineTo(corner)
                pen.closePath()
            left = right
        glyphs[f"s{value}"], advances[f"s{value}"] = pen.glyph(), (left, 0)
    font = FontBuilder(HEIGHT * MODULE)
    font.setupGlyphOrder(list(glyphs))
    font.setupCharacterMap({ord(letter(value)): f"s{value}" for value in range(len(WIDTHS))})
    font.setupGlyf(glyphs)
    font.setupHorizontalMetrics(advances)
    font.setupHorizontalHeader(ascent=HEIGHT * MODULE, descent=0)
    font.setupNameTable({"familyName": "Code 128", "styleName": "Regular", "psName": "Code128"})
    font.setupOS2(sTypoAscender=HEIGHT * MODULE, sTypoDescender=0, usWinAscent=HEIGHT * MODULE, usWinDescent=0)
    font.setupPost()
    font.updateHead(created=0, modified=0)
    written = BytesIO()
    font.save(written)
    return written.getvalue()
