"""PDF/UA-1, as far as it can be checked here: tags, language, title, fonts, figures, no stray content."""

from pypdf import PdfReader
from pypdf.generic import ContentStream

TITLES = {
    "letters": "Courriers aux élèves",
    "slips": "Étiquettes des élèves",
    "class_list": "Liste de classe",
}


def elements(node) -> list:
    """The structure elements under `node`, in reading order."""
    node = node.get_object()
    if isinstance(node, list):
        return [found for kid in node for found in elements(kid)]
    if not hasattr(node, "get") or "/K" not in node:
        return []
    return [node, *elements(node["/K"])]


def tree_of(document: PdfReader) -> list:
    return elements(document.trailer["/Root"]["/StructTreeRoot"]["/K"])


def marks_of(page, document: PdfReader) -> tuple[list[int], list[str]]:
    """The content ids of a page, and the operators that draw outside any tag or artifact."""
    ids, stray, depth = [], [], 0
    for operands, operator in ContentStream(page.get_contents(), document).operations:
        if operator in (b"BMC", b"BDC"):
            depth += 1
            if operator == b"BDC" and "/MCID" in operands[1]:
                ids.append(int(operands[1]["/MCID"]))
        elif operator == b"EMC":
            depth -= 1
        elif not depth and operator in (b"Tj", b"TJ", b"Do", b"f", b"f*", b"S", b"B", b"sh"):
            stray.append(operator.decode())
    return ids, stray


def tagged_ids(document: PdfReader) -> dict[int, set[int]]:
    """The content ids that the structure tree reaches, by the number of their page's object."""
    tagged: dict[int, set[int]] = {}
    for element in tree_of(document):
        kids = element["/K"] if isinstance(element["/K"], list) else [element["/K"]]
        ids = {int(kid) for kid in kids if isinstance(kid, int)}
        if ids:
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


def test_every_font_is_embedded(document):
    for page in document.pages:
        for font in page["/Resources"]["/Font"].values():
            descriptor = font.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"]
            assert {"/FontFile2", "/FontFile3"} & set(descriptor)


def test_all_that_is_drawn_is_tagged_or_an_artifact(document):
    tagged = tagged_ids(document)
    for page in document.pages:
        ids, stray = marks_of(page, document)
        assert not stray
        assert set(ids) == tagged[page.indirect_reference.idnum]


def test_the_qr_code_has_an_alternative_text(letters):
    figures = [element for element in tree_of(letters) if element["/S"] == "/Figure"]
    assert len(figures) == 9
    assert {figure["/Alt"] for figure in figures} == {"QR code du site https://educonnect.example/activation/"}


def test_the_class_list_is_a_table_with_heads_for_columns_and_lines(class_list):
    kinds = [element["/S"] for element in tree_of(class_list)]
    assert kinds.count("/Table") == kinds.count("/Caption") == 2
    assert kinds.count("/TH") == 2 * 5 + 9
    assert kinds.count("/TR") == 2 + 9


def test_bookmarks_lead_to_the_classes_and_name_nobody(document):
    assert [mark.title for mark in document.outline] == ["5EME-A", "10A"]


def test_pages_are_a4(document):
    assert {(round(page.mediabox.width), round(page.mediabox.height)) for page in document.pages} == {(595, 842)}
