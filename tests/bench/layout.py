"""Lays letters out in a process of its own: `python -m tests.bench.layout WAY COUNT ROUNDS [FILE]`.

Prints seconds, bytes and peak memory. WeasyPrint is loaded before the clock starts; its fonts and styles are not.
"""

import sys
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import django
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from accounts.feeds.invent.words import GIRLS, SURNAMES
from notifications.rendering import Holder, LetterContext, Sender, letters_pdf, texts
from notifications.rendering.barcode_font import barcode_font
from notifications.rendering.documents import qr_code, told_to
from notifications.rendering.documents import whole as whole_page
from notifications.rendering.engine import FONTS, STYLES, VARIANT, Bundled
from notifications.rendering.sheets import by_class
from tests.bench.children import report

ADDRESS = "https://educonnect.example/activation/"


def letters(count: int) -> LetterContext:
    holders = [
        Holder(
            first_name=GIRLS[number % len(GIRLS)],
            last_name=SURNAMES[number % len(SURNAMES)],
            classroom="5EME A",
            username=f"a.pupil{number}",
            secret=f"R4TN8KWPXH{number:02}".replace("0", "Y").replace("1", "Z"),
            valid_until=date(2027, 2, 21),
            follow_up=f"T7Q{number:05}",
        )
        for number in range(count)
    ]
    sender = Sender(
        school_name="Collège des Trois-Rivières",
        uai="0080001H",
        address_lines=("12 rue de l’Ornain", "08000 CHARLEVILLE-MÉZIÈRES"),
        contact="M. Hêtre, vie scolaire",
    )
    return LetterContext(
        sender=sender,
        issued_on=date(2026, 11, 23),
        run_label="5EME A",
        requested_by="Aubépine Rivière",
        activation_url=ADDRESS,
        holders=holders,
    )


def ours(count: int) -> bytes | int:
    """As the console does. A file only where one is asked for: the console streams."""
    pieces = letters_pdf(letters(count), covers=False)
    return b"".join(pieces) if len(sys.argv) > 4 else sum(map(len, pieces))


def naive(count: int) -> int:
    """As one would write it first: the HTML of each letter, written. Styles, fonts and picture come anew."""
    return sum(len(whole(letters(number + 1), pdf_variant=VARIANT)) for number in range(count))


def together(count: int) -> bytes:
    """WeasyPrint's own tagged file of many pages: one document."""
    return whole(letters(count), count, pdf_variant=VARIANT)


def whole(context: LetterContext, last: int = 1, **options: Any) -> bytes:
    """The last letters of the context, laid out by WeasyPrint."""
    fonts = FontConfiguration()
    files = {"barcode.ttf": barcode_font(), **{font.name: font.read_bytes() for font in FONTS.glob("*.ttf")}}
    bundled = Bundled({"activation.png": qr_code(ADDRESS), **files})
    sheets = texts.letters(context, list(by_class(context.holders[-last:])), covers=False)
    told = told_to("letters", context, 0)
    html = render_to_string("letters/letters.html", {**told, "pages": [whole_page(sheet, 0) for sheet in sheets]})
    styles = [
        CSS(string=(STYLES / name).read_text(), font_config=fonts, url_fetcher=bundled)
        for name in ("base.css", "letters.css")
    ]
    return bytes(HTML(string=html, url_fetcher=bundled).write_pdf(stylesheets=styles, font_config=fonts, **options))


def main() -> None:
    """WeasyPrint and Django are loaded before the clock starts; fonts, styles and specimens are not."""
    django.setup()
    work = {"ours": ours, "naive": naive, "together": together}[sys.argv[1]]
    if len(sys.argv) > 4:
        Path(sys.argv[4]).write_bytes(work(int(sys.argv[2])))
        print("{}")
    else:
        report(partial(work, int(sys.argv[2])), int(sys.argv[3]))


if __name__ == "__main__":
    main()
