"""What a hostile name, address or page must not be able to do."""

import zlib
from io import BytesIO

import pytest
from pypdf import PdfReader

from notifications.rendering import letters_pdf, slips_pdf
from notifications.rendering.engine import RefusedError, Source, tagged_pdf
from notifications.rendering.scan import ActiveContentError, refuse_active_content

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=file:///etc/passwd>",
    "</title></section><h1>PIRATE",
    "javascript:alert(1)",
    "/JavaScript /Launch",
    "{{ context.holders }}{% debug %}",
    "\u202eelbarE\u2066\u200f",
    "\x00\x1b[31m\ud800\uffff",
    "Zoé\r\n\tÉrable\u2028",
    "👩‍👩‍👧 學生 الطالب",
    "a" * 10_000,
]


def page_of(html: str, images: dict[str, bytes] | None = None) -> bytes:
    whole = f"<html lang=fr><title>Essai</title><body>{html}"
    return tagged_pdf(Source(whole, ("base.css",), tuple((images or {}).items())))


@pytest.mark.parametrize("name", HOSTILE, ids=range(len(HOSTILE)))
def test_a_hostile_name_is_a_text_and_no_more(make_letters, make_holder, name):
    hostile = make_holder(0, first_name=name, last_name=name, classroom=name, username=name)
    reader = PdfReader(BytesIO(b"".join(letters_pdf(make_letters([hostile, make_holder(1)]), covers=False))))
    assert len(reader.pages) == 2
    assert not [page for page in reader.pages if "/Annots" in page]
    assert "R4TN 8KWP YYYY" in reader.pages[0].extract_text()
    assert "R4TN 8KWP YYYZ" in reader.pages[1].extract_text()
    assert "Anaïs L’HAŸ" in reader.pages[1].extract_text()


def test_letters_without_a_glyph_are_shown_as_such(make_letters, make_holder):
    pdf = b"".join(letters_pdf(make_letters([make_holder(0, first_name="学生", last_name="Érable")]), covers=False))
    assert "�� ÉRABLE" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


def test_markup_in_a_name_is_printed_as_typed(make_letters, make_holder):
    hostile = make_holder(0, first_name="<b>Zoé</b>", last_name="& <i>")
    pdf = b"".join(slips_pdf(make_letters([hostile])))
    assert "& <I> <b>Zoé</b>" in PdfReader(BytesIO(pdf)).pages[0].extract_text()


@pytest.mark.parametrize(
    "html",
    [
        "<img alt=x src=file:///etc/passwd>",
        "<img alt=x src=http://127.0.0.1/>",
        "<img alt=x src=data:image/png;base64,AAAA>",
        "<img alt=x src=bundled:unknown.png>",
        "<object data=file:///etc/passwd></object>",
        "<p style='background: url(file:///etc/passwd)'>x",
        "<link rel=stylesheet href=file:///etc/passwd>",
        "<style>@import 'http://127.0.0.1/x.css'</style>",
        "<a rel=attachment href=file:///etc/passwd>x</a>",
        "<link rel=attachment href=file:///etc/passwd>",
        "<svg width=9 height=9><image href='file:///etc/passwd' width=9 height=9 /></svg>",
    ],
)
def test_nothing_outside_the_bundle_is_opened(html):
    with pytest.raises(RefusedError):
        page_of(html)


def test_a_document_that_runs_over_its_pages_is_refused():
    with pytest.raises(RefusedError, match="2 pages"):
        page_of("<p style='height: 400mm'>x</p><p>y</p>")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "JavaScript:alert(1)", "javascript:é"])
def test_the_scan_finds_a_script_in_a_real_document(link):
    with pytest.raises(ActiveContentError):
        page_of(f"<a href='{link}'>x</a>")


def test_the_scan_finds_an_attached_file_in_a_real_document():
    with pytest.raises(ActiveContentError):
        page_of("<a rel=attachment href=bundled:x.png>x</a>", images={"x.png": b"x"})


@pytest.mark.parametrize(
    "mark",
    [
        b"<</S /JavaScript>>",
        b"<</S /Launch /F (x)>>",
        b"<</Type /EmbeddedFile>>",
        "javascript:é".encode("utf-16-be").hex().encode(),
    ],
)
def test_the_scan_finds_each_mark_in_clear_and_deflated(mark):
    deflated = b"4 0 obj <<>>\nstream\n" + zlib.compress(mark) + b"\nendstream"
    for pdf in (b"%PDF-1.7\n" + mark, b"%PDF-1.7\n" + deflated):
        with pytest.raises(ActiveContentError):
            refuse_active_content(pdf)


def test_the_scan_lets_a_calm_document_pass():
    refuse_active_content(b"%PDF-1.7\nstream\nnot deflated\nendstream <</Type /Page /Js 1>>")
