"""The hardened reading of XML: prologs, encodings, entities, limits, and any bytes whatever."""

from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.feeds import xml
from accounts.feeds.envelope import Entry, entries
from accounts.feeds.report import Refusal, Refused
from accounts.feeds.xml import Chunks

ENTRY = (
    "<addRequest><operationalAttributes><attr name='c'><value>Eleve</value></attr></operationalAttributes>"
    "<identifier><id>1</id></identifier><attributes><attr name='sn'><value>{}</value></attr></attributes></addRequest>"
)


def chunks_of(data: bytes, size: int = 1000) -> Chunks:
    def chunks() -> Generator[bytes, None, None]:
        for start in range(0, len(data), size):
            yield data[start : start + size]

    return chunks


def document(text: str, prolog: str = "", encoding: str = "utf-8") -> Chunks:
    return chunks_of(f"{prolog}<r>{ENTRY.format(text)}</r>".encode(encoding))


def only(chunks: Chunks) -> Entry:
    (entry,) = entries(chunks, "f.xml")
    return entry


@pytest.mark.parametrize(
    "prolog",
    [
        "",
        '<?xml version="1.0"?>',
        '<?xml version="1.0" standalone="yes"?>\n<!DOCTYPE r>\n',
        '<!DOCTYPE r SYSTEM "http://dtd.example.org/x.dtd">\r\n',
        '<!DOCTYPE r PUBLIC "-//x//y" "absent.dtd"><!-- a comment > -->',
    ],
)
def test_undeclared_html_entities_are_read_under_any_prolog(prolog: str) -> None:
    assert only(document("C&OElig;UR&eacute;&amp;<![CDATA[&b;]]>", prolog)).one("sn") == "CŒURé&&b;"


@pytest.mark.parametrize(
    ("prolog", "encoding"),
    [
        ("", "utf-8"),
        ("\ufeff", "utf-8"),
        ("\ufeff\ufeff", "utf-8"),
        ('\ufeff<?xml version="1.0" encoding="ISO-8859-15"?>', "utf-8"),
        ('<?xml version="1.0" encoding="ISO-8859-15"?>', "iso8859-15"),
        ('<?xml version="1.0" encoding="windows-1252"?>', "cp1252"),
        ('\ufeff<?xml version="1.0" encoding="UTF-16"?>', "utf-16-le"),
        ('\ufeff<?xml version="1.0" encoding="UTF-16"?>', "utf-16-be"),
    ],
)
def test_encodings_are_honoured(prolog: str, encoding: str) -> None:
    assert only(document("NŒUD-ÉTÉ", prolog, encoding)).one("sn") == "NŒUD-ÉTÉ"


def test_cp1252_bytes_in_a_latin_file_are_understood() -> None:
    prolog = '<?xml version="1.0" encoding="ISO-8859-1"?>'
    assert only(document("D\x92ÉTÉ", prolog, "latin-1")).one("sn") == "D’ÉTÉ"


@pytest.mark.parametrize("encoding", ["UTF-7", "x-zorglub", "IBM1047"])
def test_an_encoding_that_cannot_be_read_is_refused(encoding: str) -> None:
    with pytest.raises(Refusal) as caught:
        only(document("x", f'<?xml version="1.0" encoding="{encoding}"?>'))
    assert caught.value.reason in (Refused.BAD_ENCODING, Refused.MALFORMED)


@pytest.mark.parametrize(
    "subset",
    ['<!ENTITY e "x">', "<!ELEMENT r ANY>", "", '<!ENTITY % p SYSTEM "http://dtd.example.org/p"> %p;'],
)
def test_any_internal_subset_is_refused(subset: str) -> None:
    with pytest.raises(Refusal) as caught:
        only(document("&e;", f"<!DOCTYPE r SYSTEM 'x' [{subset}]>"))
    assert caught.value.reason is Refused.ENTITIES


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("&zorglub;", Refused.UNKNOWN_ENTITY),
        ("<b>x</b>", Refused.OUT_OF_PLACE),
        ("<a>" * 300, Refused.MALFORMED),
        ("<a/>" * 300_000, Refused.TOO_LARGE),
        ("a" * 2_000_000, Refused.TOO_LARGE),
        ("a\x00b", Refused.MALFORMED),
        ("&#0;", Refused.MALFORMED),
    ],
)
def test_what_is_no_text_of_a_delivery_is_refused(text: str, reason: Refused) -> None:
    with pytest.raises(Refusal) as caught:
        only(document(text))
    assert caught.value.reason is reason


@pytest.mark.parametrize("inner", ["", "<x/>", "<identifier/><operationalAttributes/>", "text"])
def test_a_request_without_its_parts_is_refused(inner: str) -> None:
    with pytest.raises(Refusal) as caught:
        list(entries(chunks_of(f"<r>\n<addRequest>{inner}</addRequest></r>".encode()), "f.xml"))
    assert (caught.value.reason, caught.value.line) == (Refused.OUT_OF_PLACE, 2)


def test_lines_are_right_far_into_a_file() -> None:
    """libxml2 keeps 16 bits of a line number."""
    body = "\n<addRequest>\n<x/>\n</addRequest>" * 30_000
    data = f"<!DOCTYPE r\nSYSTEM 'x'>\n<r>{body}</r>".encode()
    lines = [xml.line_of(e) for e in xml.elements(chunks_of(data, 65536), "f.xml", ["addRequest"])]
    assert lines == [4 + 3 * n for n in range(30_000)]


def test_the_file_is_closed_when_reading_stops_midway(tmp_path: Path) -> None:
    path = tmp_path / "f.xml"
    path.write_text(f"<r>{ENTRY.format('x') * 2}</r>")
    opened = path.open("rb")

    def chunks() -> Generator[bytes, None, None]:
        with opened:
            yield opened.read()

    reading = entries(chunks, "f.xml")
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert opened.closed


@settings(max_examples=300)
@given(st.data())
def test_damaged_bytes_are_read_or_refused_but_never_crash(data: st.DataObject) -> None:
    whole = f"<!DOCTYPE r SYSTEM 'x'>\n<r>{ENTRY.format('É&eacute;')}</r>".encode()
    start = data.draw(st.integers(0, len(whole)))
    end = data.draw(st.integers(start, min(len(whole), start + 30)))
    damaged = whole[:start] + data.draw(st.binary(max_size=30)) + whole[end:]
    try:
        found = list(entries(chunks_of(damaged), "f.xml"))
    except Refusal as refusal:
        assert refusal.file == "f.xml"
    else:
        assert all(isinstance(entry, Entry) for entry in found)
