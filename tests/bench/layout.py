"""Lays letters out in a process of its own: `python -m tests.bench.layout together|apart COUNT`.

Prints seconds, bytes and peak memory. WeasyPrint is loaded before the clock starts; its fonts and styles are not.
"""

import json
import sys
from datetime import date
from io import BytesIO

import django
import segno
from django.template.loader import render_to_string
from weasyprint import CSS, HTML
from weasyprint.text.fonts import FontConfiguration

from accounts.feeds.invent.words import GIRLS, SURNAMES
from notifications.rendering import Holder, LetterContext, Sender, letters_pdf
from notifications.rendering.documents import _letters
from notifications.rendering.engine import FONTS, STYLES, VARIANT, Bundled
from notifications.rendering.sheets import Told, by_class
from tests.bench.children import peak_mb
from tests.bench.measures import seconds

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
            follow_up=f"T7QK{number:04}",
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


def together(count: int) -> int:
    """As the console does."""
    return sum(map(len, letters_pdf(letters(count), covers=False)))


def apart(count: int) -> int:
    """As one would write it first: the HTML of each letter, written. Styles, fonts and picture come anew."""
    return sum(len(_naive(letters(number + 1))) for number in range(count))


def _naive(context: LetterContext) -> bytes:
    picture = BytesIO()
    segno.make(ADDRESS, error="m", micro=False).save(picture, kind="png", scale=8)
    fonts = FontConfiguration()
    files = {font.name: font.read_bytes() for font in FONTS.glob("*.ttf")}
    bundled = Bundled({"activation.png": picture.getvalue(), **files})
    sheet = next(_letters(context, list(by_class(context.holders[-1:])), covers=False))
    content = {
        "title": "Courrier",
        "sender": context.sender,
        "activation_url": Told(context.activation_url),
        "pages": [{"layout": sheet.layout, "texts": {name: Told(text) for name, text in sheet.texts.items()}}],
    }
    styles = [
        CSS(string=(STYLES / name).read_text(), font_config=fonts, url_fetcher=bundled)
        for name in ("base.css", "letters.css")
    ]
    html = HTML(string=render_to_string("letters/letters.html", content), url_fetcher=bundled)
    return bytes(html.write_pdf(stylesheets=styles, font_config=fonts, pdf_variant=VARIANT))


def main() -> None:
    way, count = {"together": together, "apart": apart}[sys.argv[1]], int(sys.argv[2])
    django.setup()
    written: list[int] = []
    took = seconds(lambda: written.append(way(count)))
    print(json.dumps({"seconds": took, "bytes": written[0], "peak": peak_mb()}))


if __name__ == "__main__":
    main()
