"""What a school sets for its letters: hostile texts and logos do no harm, both ways of layout agree."""

import struct
import time
import zlib
from dataclasses import replace
from io import BytesIO

import numpy
import pytest
from PIL import Image, PngImagePlugin
from pypdf import PdfReader

from notifications.rendering import Child, Kin, letters_pdf, texts
from notifications.rendering.documents import by_class
from notifications.rendering.logo import SIDE, LogoError, clean_logo
from tests.letters.conftest import SENDER
from tests.letters.reading import read_aloud, tree_of
from tests.letters.test_fast import pictures, whole

OPENING = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 10 8">'
SVG = (
    '<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/x.dtd">'
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:i="http://i" width="10" height="8" i:x="1"><i:view><i:x/></i:view>'
    '<title>x</title><defs><linearGradient id="g"><stop offset="0" style="stop-color:#5e2157"/>'
    '<stop offset="100%" stop-color="red"/></linearGradient></defs><rect width="9" height="7" fill="url(#g)"/>'
    '<path d="M1,1.5e-3 L.5.5 3 4z" style="fill:#fff;stroke:black" transform="rotate(5)"/></svg>'
)


def png(width: int = 900, height: int = 300, **options) -> bytes:
    written = BytesIO()
    Image.new("RGBA", (width, height), (20, 120, 80, 200)).save(written, "PNG", **options)
    return written.getvalue()


def bomb() -> bytes:
    """Ten billion pixels in some bytes."""
    head = struct.pack(">IIBBBBB", 100_000, 100_000, 8, 2, 0, 0, 0)
    chunk = b"IHDR" + head
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + chunk + struct.pack(">I", zlib.crc32(chunk)) + png()[33:]


def test_a_png_is_made_anew_small_and_without_what_it_carried():
    carried = PngImagePlugin.PngInfo()
    carried.add_text("Author", "quelqu’un", zip=True)
    kind, content = clean_logo(png(pnginfo=carried) + b"<script>")
    picture = Image.open(BytesIO(content))
    assert (kind, picture.format, picture.mode, max(picture.size)) == ("png", "PNG", "RGB", SIDE)
    assert not picture.info
    assert b"script" not in content


def test_an_svg_keeps_what_draws_and_nothing_else():
    kind, content = clean_logo(SVG.encode())
    assert kind == "svg"
    assert content.startswith(b'<svg viewBox="0 0 10 8" xmlns="http://www.w3.org/2000/svg"><defs>')
    assert b'fill="url(#g)"' in content
    assert not [odd for odd in (b"DOCTYPE", b"title", b"view>", b"style", b"i:") if odd in content]


HOSTILE = {
    "script": "<script>alert(1)</script>",
    "foreignObject": "<foreignObject><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject>",
    "use": "<g id='a'/><use href='#a'/>",
    "image": "<image href='file:///etc/passwd'/>",
    "text": "<text>x</text>",
    "style": "<style>@import url(http://127.0.0.1/)</style>",
    "animate": "<rect><animate attributeName='x'/></rect>",
    "renvoi": "<rect xlink:href='http://127.0.0.1/'/>",
    "programme": "<rect onload='alert(1)'/>",
    "masque": "<rect clip-path='url(#a)'/>",
    "autre chose": "<rect style='background:url(http://127.0.0.1)'/>",
    "valeur inconnue": "<rect fill='url(http://127.0.0.1/#a)'/>",
    "valeur inconnue de": "<path d='M1 1e99'/>",
    "trop compliqué": "<g>" * 40 + "</g>" * 40,
    "compliqué": "<g/>" * 3000,
    "mal formé": "<g>",
    "feuille de style": "<?xml-stylesheet href='http://127.0.0.1/'?>",
}


@pytest.mark.parametrize("words", HOSTILE)
def test_a_drawing_that_could_act_load_or_repeat_is_refused_in_words(words):
    with pytest.raises(LogoError, match=words):
        clean_logo(f"{OPENING}{HOSTILE[words]}</svg>".encode())


FILES = {
    "entités": b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>" + OPENING.encode() + b"&x;</svg>",
    "mal formé": OPENING.encode() + b"&x;</svg>",
    "élément": b"<html><script>alert(1)</script></html>",
    "taille": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
    "sa taille": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 0 0"/>',
    "trop grande": bomb(),
    "abîmée": png()[:33] + b"x" * 50,
    "ni une image PNG": b"GIF89a" + b"x" * 100,
    "trop lourd": b"<" + b"x" * 600_000,
    "ne peut pas être lu": b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1.2.3 4"/>',
    "valeur inconnue": OPENING.encode() + b"<path d='M" + b"9" * 400_000 + b"'/></svg>",
}


@pytest.mark.parametrize("words", FILES)
def test_a_hostile_file_is_refused_in_words_and_at_once(words):
    began = time.monotonic()
    with pytest.raises(LogoError, match=words):
        clean_logo(FILES[words])
    assert time.monotonic() - began < 2


TEXTS = {
    "markup": "<script>alert(1)</script><img src=file:///etc/passwd>",
    "bidi": "\u202eمدرسة abc\u2066",
    "long": "M" * 10_000,
    "none": "",
    "plain": "Permanence tous les jours de 8 h à 17 h 30, sauf le mercredi après-midi. " * 3,
}


@pytest.fixture(scope="module", params=["png", "svg"])
def logo(request):
    return clean_logo(png() if request.param == "png" else SVG.encode())


@pytest.mark.parametrize(
    "text", ["plain", *(pytest.param(name, marks=pytest.mark.proof) for name in TEXTS if name != "plain")]
)
@pytest.mark.parametrize("kin", [False, True])
def test_both_ways_agree_whatever_a_school_writes(make_letters, make_holder, logo, text, kin):
    told = TEXTS[text]
    sender = replace(SENDER, header_lines=(told, told), text=(told,), contact=told[:90], logo=logo)
    child = Child(first_name="Zoé", last_name="Érable", classroom="5EME A")
    holder = make_holder(0)
    if kin:
        holder = Kin(
            **{name: getattr(holder, name) for name in holder.__dataclass_fields__}, children=[child], elsewhere=1
        )
    context = replace(make_letters([holder]), sender=sender)
    sheets = list(texts.letters(context, list(by_class(context.holders)), False))
    ours, theirs = b"".join(letters_pdf(context, covers=False)), whole(context, sheets)
    reader = PdfReader(BytesIO(ours))
    assert "R4TN 8KWP YYYY" in reader.pages[0].extract_text()
    assert not [page for page in reader.pages if "/Annots" in page]
    assert sum("Logo" in str(each.get("/Alt")) for each in tree_of(reader)) == 1
    assert ["".join(page) for page in read_aloud(reader)] == [
        "".join(page) for page in read_aloud(PdfReader(BytesIO(theirs)))
    ]
    (mine,), (laid,) = pictures(ours), pictures(theirs)
    assert numpy.abs(mine - laid).sum() < 0.008 * (255 - laid).sum()


def test_a_letter_without_settings_has_no_trace_of_them(letters):
    assert not [each for each in tree_of(letters) if "Logo" in str(each.get("/Alt"))]
