"""PDF/UA-1, as far as it can be checked here: tags, language, title, fonts, figures, no stray content."""

import pdfua
from pypdf import PdfReader, PdfWriter

from tests.letters.reading import content_of, ids_of, tree_of

TITLES = {
    "letters": "Courriers aux élèves",
    "slips": "Étiquettes des élèves",
    "class_list": "Liste de classe",
}


def tagged_ids(document: PdfReader) -> dict[int, set[int]]:
    """The content ids that the structure tree reaches, by the number of their page's object."""
    tagged: dict[int, set[int]] = {}
    for element in tree_of(document):
        if ids := ids_of(element):
            tagged.setdefault(element.raw_get("/Pg").idnum, set()).update(ids)
    return tagged


def test_it_declares_pdf_ua_its_language_and_its_title(document, request):
    root = document.trailer["/Root"]
    assert root["/Lang"] == "fr"
    assert root["/MarkInfo"]["/Marked"]
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert (
        b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data() or b'part="1"' in root["/Metadata"].get_data()
    )
    assert document.metadata.title == TITLES[request.node.callspec.params["document"]]


def test_a_validator_of_pdf_ua_finds_nothing(document, tmp_path):
    file = tmp_path / "document.pdf"
    file.write_bytes(document.stream.getvalue())
    told = pdfua.validate(str(file))
    assert not told.findings
    assert len(told.outcomes) - len(told.skipped) > 10
    bare = PdfWriter()
    bare.add_blank_page(100, 100)
    bare.write(file)
    assert pdfua.validate(str(file)).findings


def test_every_font_is_embedded(document):
    for page in document.pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_all_that_is_drawn_is_tagged_or_an_artifact(document):
    tagged = tagged_ids(document)
    for page in document.pages:
        texts, stray = content_of(page, document)
        assert not stray
        assert set(texts) == tagged[page.indirect_reference.idnum] == set(range(len(texts)))


def test_the_qr_code_has_an_alternative_text(letters):
    told = [element["/Alt"] for element in tree_of(letters) if element["/S"] == "/Figure"]
    assert told.count("QR code du site https://educonnect.example/activation/") == 9


def test_the_class_list_is_a_table_with_heads_for_columns_and_lines(class_list):
    kinds = [element["/S"] for element in tree_of(class_list)]
    assert kinds.count("/Table") == kinds.count("/Caption") == 2
    assert kinds.count("/TH") == 2 * 5 + 9
    assert kinds.count("/TR") == 2 + 9


def test_bookmarks_lead_to_the_classes_and_name_nobody(document):
    assert [mark.title for mark in document.outline] == ["5EME-A", "10A"]


def test_pages_are_a4(document):
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in document.pages} == {(595, 842)}
