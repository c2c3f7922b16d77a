"""The same letter by the tools one would pick instead, each in its quickest reasonable use.

What stands on it is read from a letter of ours: each line's place, font, size and text. `fixed` is drawn once where a
tool can share it, `own` on each page. None of them tags its pages but typst.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import BytesIO
from pathlib import Path

import django
import fpdf
import pikepdf
import pymupdf
import segno
import typst
from pypdf import PdfReader
from pypdf.generic import ContentStream
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont as ReportlabFont
from reportlab.pdfgen.canvas import Canvas

from notifications.rendering import Holder
from notifications.rendering.barcode import barcode
from notifications.rendering.barcode_font import barcode_font
from notifications.rendering.engine import FONTS
from tests.bench.children import report
from tests.bench.layout import ADDRESS, VARIANT, letters, whole
from tests.letters.reading import decoded, letters_of

FILES = {
    "Atkinson-Bold": "AtkinsonHyperlegibleNext-Bold.ttf",
    "Atkinson": "AtkinsonHyperlegibleNext-Regular.ttf",
    "Atkinson-Mono-Bold": "AtkinsonHyperlegibleMono-Bold.ttf",
}
BARS = "Barcode"
"""The font of the follow-up code's bars, which stands in no file of ours."""

FAMILIES = {
    BARS: ("Code 128", 400),
    "Atkinson-Bold": ("Atkinson Hyperlegible Next", 700),
    "Atkinson": ("Atkinson Hyperlegible Next", 400),
    "Atkinson-Mono-Bold": ("Atkinson Hyperlegible Mono", 700),
}
WIDTH, HEIGHT = 595.28, 841.89
SQUARE = (424.0, 434.0, 108.0)
BOX = (51.0, 368.0, 493.0, 188.0)


@cache
def font_files() -> dict[str, Path]:
    """By name in our letter; that of the bars is written beside the process' other temporary files."""
    bars = Path(tempfile.mkdtemp(), "barcode.ttf")
    bars.write_bytes(barcode_font())
    return {BARS: bars, **{name: FONTS / file for name, file in FILES.items()}}


@dataclass(frozen=True)
class Line:
    x: float
    y: float
    font: str
    size: float
    text: str


def lines_of(pdf: bytes) -> list[Line]:
    """What a letter of ours shows, line by line; y from the bottom, in points."""
    document = PdfReader(BytesIO(pdf))
    page = document.pages[0]
    fonts = page["/Resources"]["/Font"]
    found, font, size, place = [], "", 0.0, (0.0, 0.0)
    for operands, operator in ContentStream(page.get_contents(), document).operations:
        if operator == b"Tf":
            font, size = operands[0], float(operands[1]) * 0.75
        elif operator == b"Tm":
            place = float(operands[4]) * 0.75, HEIGHT - float(operands[5]) * 0.75
        elif operator == b"TJ":
            shown = fonts[font].get_object()
            text = "".join(decoded(operands[0], letters_of(shown)))
            found.append(Line(*place, shown["/BaseFont"].partition("+")[2], size, text))
    return found


@dataclass(frozen=True)
class Letter:
    """The fixed lines, those that a holder changes with what he puts there, and the fixed part as a page."""

    fixed: Sequence[Line]
    own: Sequence[tuple[Line, Callable[[Holder], str]]]
    address: str
    background: bytes

    @classmethod
    def like(cls, pdf: bytes, holder: Holder, address: str, background: bytes) -> "Letter":
        own: dict[str, Callable[[Holder], str]] = {
            holder.full_name: lambda each: each.full_name,
            holder.username: lambda each: each.username,
            holder.grouped_secret: lambda each: each.grouped_secret,
            holder.follow_up: lambda each: each.follow_up,
            barcode(holder.follow_up): lambda each: barcode(each.follow_up),
        }
        lines = lines_of(pdf)
        varying = [(line, own[line.text]) for line in lines if line.text in own]
        return cls([line for line in lines if line.text not in own], varying, address, background)

    @property
    def square(self) -> bytes:
        picture = BytesIO()
        segno.make(self.address, error="m", micro=False).save(picture, kind="png", scale=8)
        return picture.getvalue()


def by_reportlab(letter: Letter, holders: Sequence[Holder]) -> int:
    """The fixed part as one form object."""
    return len(_drawn(letter, holders))


def _drawn(letter: Letter, holders: Sequence[Holder]) -> bytes:
    for name, file in font_files().items():
        pdfmetrics.registerFont(ReportlabFont(name, file))
    output = BytesIO()
    canvas = Canvas(output, pagesize=(WIDTH, HEIGHT), pageCompression=1)
    if letter.fixed:
        canvas.beginForm("fixed", 0, 0, WIDTH, HEIGHT)
        for line in letter.fixed:
            canvas.setFont(line.font, line.size)
            canvas.drawString(line.x, line.y, line.text)
        canvas.roundRect(*BOX, 8)
        canvas.drawImage(ImageReader(BytesIO(letter.square)), SQUARE[0], SQUARE[1], SQUARE[2], SQUARE[2])
        canvas.endForm()
    for holder in holders:
        if letter.fixed:
            canvas.doForm("fixed")
        for line, text in letter.own:
            canvas.setFont(line.font, line.size)
            canvas.drawString(line.x, line.y, text(holder))
        canvas.showPage()
    canvas.save()
    return output.getvalue()


def by_fpdf2(letter: Letter, holders: Sequence[Holder]) -> int:
    document = fpdf.FPDF(unit="pt", format=(WIDTH, HEIGHT))
    for name, file in font_files().items():
        document.add_font(name, fname=file)
    picture = letter.square
    for holder in holders:
        document.add_page()
        for line, text in [
            *((line, line.text) for line in letter.fixed),
            *((line, text(holder)) for line, text in letter.own),
        ]:
            document.set_font(line.font, size=line.size)
            document.text(line.x, HEIGHT - line.y, text)
        document.rect(BOX[0], HEIGHT - BOX[1] - BOX[3], *BOX[2:], round_corners=True, corner_radius=8)
        document.image(BytesIO(picture), SQUARE[0], HEIGHT - SQUARE[1] - SQUARE[2], SQUARE[2])
    return len(document.output())


def by_pymupdf(letter: Letter, holders: Sequence[Holder]) -> int:
    """The fixed part as a page shown on each; fonts loaded once."""
    fonts = {name: pymupdf.Font(fontfile=str(file)) for name, file in font_files().items()}
    base, document = pymupdf.open(), pymupdf.open()
    page = base.new_page(width=WIDTH, height=HEIGHT)
    writer = pymupdf.TextWriter(page.rect)
    for line in letter.fixed:
        writer.append((line.x, HEIGHT - line.y), line.text, font=fonts[line.font], fontsize=line.size)
    writer.write_text(page)
    page.draw_rect(pymupdf.Rect(BOX[0], HEIGHT - BOX[1] - BOX[3], BOX[0] + BOX[2], HEIGHT - BOX[1]), radius=0.05)
    x, y, side = SQUARE
    page.insert_image(pymupdf.Rect(x, HEIGHT - y - side, x + side, HEIGHT - y), stream=letter.square)
    for holder in holders:
        page = document.new_page(width=WIDTH, height=HEIGHT)
        page.show_pdf_page(page.rect, base, 0)
        writer = pymupdf.TextWriter(page.rect)
        for line, text in letter.own:
            writer.append((line.x, HEIGHT - line.y), text(holder), font=fonts[line.font], fontsize=line.size)
        writer.write_text(page)
    return len(document.tobytes(deflate=True, garbage=1))


def by_typst(letter: Letter, holders: Sequence[Holder]) -> int:
    """A source with the lines placed, and the letters as data."""

    def placed(line: Line, text: str) -> str:
        family, weight = FAMILIES[line.font]
        style = f'font: "{family}", weight: {weight}, size: {line.size}pt, top-edge: "baseline"'
        return f"place(dx: {line.x}pt, dy: {HEIGHT - line.y}pt, box(width: 520pt, text({style}, {text})))"

    shown = [placed(line, json.dumps(line.text, ensure_ascii=False)) for line in letter.fixed]
    shown += [placed(line, f"each.at({number})") for number, (line, _) in enumerate(letter.own)]
    x, y, side = SQUARE
    shown.append(f'place(dx: {x}pt, dy: {HEIGHT - y - side}pt, image("qr.png", width: {side}pt, alt: "QR code"))')
    source = (
        f'#set page(width: {WIDTH}pt, height: {HEIGHT}pt, margin: 0pt)\n#set document(title: "Courriers")\n'
        '#for each in json("letters.json") {\n  ' + "\n  ".join(shown) + "\n  pagebreak(weak: true)\n}\n"
    )
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "letters.typ").write_text(source)
        Path(folder, "qr.png").write_bytes(letter.square)
        told = [[text(holder) for _, text in letter.own] for holder in holders]
        Path(folder, "letters.json").write_text(json.dumps(told))
        return len(typst.compile(Path(folder, "letters.typ"), font_paths=[FONTS, font_files()[BARS].parent]))


def by_pikepdf(letter: Letter, holders: Sequence[Holder]) -> int:
    """A letter's own lines drawn by ReportLab, a page each, laid over a background made once."""
    output = BytesIO()
    own = replace(letter, fixed=[])
    with pikepdf.open(BytesIO(letter.background)) as made, pikepdf.open(BytesIO(_drawn(own, holders))) as document:
        background = document.copy_foreign(made.pages[0].as_form_xobject())
        for page in document.pages:
            name = page.add_resource(background, pikepdf.Name.XObject)
            page.contents_add(b"q %b Do Q" % str(name).encode(), prepend=True)
        document.save(output, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return len(output.getvalue())


WAYS = {
    "ReportLab": (by_reportlab, 12_000),
    "pikepdf": (by_pikepdf, 2_400),
    "PyMuPDF": (by_pymupdf, 600),
    "typst": (by_typst, 600),
    "fpdf2": (by_fpdf2, 300),
}


def pattern() -> Letter:
    """The letter to draw, read from WeasyPrint's own; the background holds whole fonts, and dots for what varies."""
    (holder,) = letters(1).holders
    dots = replace(holder, first_name=".", last_name="", username=".", secret=".", follow_up="")
    background = whole(replace(letters(1), holders=[dots]), full_fonts=True)
    return Letter.like(whole(letters(1), pdf_variant=VARIANT), holder, ADDRESS, background)


def main() -> None:
    way, count, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    django.setup()
    draw, letter, holders = WAYS[way][0], pattern(), letters(count).holders
    report(lambda: draw(letter, holders), rounds)


if __name__ == "__main__":
    main()
