"""Letters filled into a specimen are what a whole layout of each would be: the same words, the same picture.

WeasyPrint's and pydyf's inner names are used for it, so this also tells when an upgrade moves something.
"""

import random
from dataclasses import replace
from io import BytesIO

import numpy
import pikepdf
import pypdfium2
import pytest
import segno
from django.template.loader import render_to_string
from fontTools.ttLib import TTFont
from pypdf import PdfReader

from notifications.rendering import documents, letters_pdf, slips_pdf, texts
from notifications.rendering.engine import FONTS, Source, tagged_pdf
from notifications.rendering.fast import filling
from notifications.rendering.sheets import Sheet
from tests.letters.reading import read_aloud
from tests.letters.test_guardians import kin

NAMES = {
    "français": (["Zoé", "Cœur-Marie", "Anaïs", "Loïc", "Jean-Noël"], ["L’Haÿ", "D’Ornain", "Lecœur", "Dupont"]),
    "português": (["João", "Conceição", "Inês", "Luís"], ["Gonçalves", "Magalhães", "Araújo", "Simões"]),
    "türkçe": (["İpek", "Çağla", "Işıl", "Gökçe"], ["Yıldız", "Şahin", "Öztürk", "Çağrıoğlu"]),
    "español": (["Íñigo", "Begoña", "Ángel", "Lucía"], ["Núñez", "Ibáñez", "Güell", "Peña"]),
    "українська": (["Олена", "Їжак", "Ґалина", "Юрій"], ["Шевченко", "Кравченко", "Ющук", "Єгоров"]),
    "english": (["Zoë", "Fiona", "Avery", "Wyatt"], ["O’Neill", "McTavish", "Fitzgerald", "Taylor"]),
}
APART = {False: 0.008, True: 0.025}
"""The share of a page's ink that may differ (half a name): kerning is rounded otherwise by a thousandth, which the
renderer may show as a pixel. More where the fallback font comes in: a whole layout sets such lines a pixel lower."""

ATKINSON = set(TTFont(FONTS / "AtkinsonHyperlegibleNext-Bold.ttf").getBestCmap())


def falls_back(name: str) -> bool:
    """Whether Atkinson lacks one of its letters."""
    return any(ord(letter) not in ATKINSON for letter in name)


def drawn(make_holder, count: int):
    chance = random.Random(5)  # noqa: S311  # invented names
    for number in range(count):
        first, last = NAMES[list(NAMES)[number % len(NAMES)]]
        yield make_holder(number, first_name=chance.choice(first), last_name=chance.choice(last))


def whole(context, sheets: list[Sheet], template: str = "letters", cells: int = 0) -> bytes:
    cells = cells or (documents.PLACES if sheets[0].layout.startswith("guardian") else 0)
    pages = [documents.whole(each, cells) for each in sheets]
    told = documents.told_to(template, context, cells)
    html = render_to_string(f"letters/{template}.html", {**told, "pages": pages})
    images = (("activation.png", documents.qr_code(context.activation_url)), *context.sender.images)
    return tagged_pdf(Source(html, ("base.css", f"{template}.css"), images, len(sheets)))


def pictures(pdf: bytes):
    for page in pypdfium2.PdfDocument(pdf):
        yield numpy.asarray(page.render(scale=1.25, grayscale=True).to_numpy(), dtype=int)


@pytest.fixture(scope="module")
def both(make_letters, make_holder) -> tuple[bytes, bytes]:
    """Two hundred letters, filled and laid out whole."""
    context = make_letters(list(drawn(make_holder, 200)))
    sheets = list(texts.letters(context, list(documents.by_class(context.holders)), False))
    return b"".join(letters_pdf(context, covers=False)), whole(context, sheets)


@pytest.mark.proof
def test_filled_letters_read_as_whole_ones(both):
    filled, laid = (["".join(page) for page in read_aloud(PdfReader(BytesIO(pdf)))] for pdf in both)
    assert len(filled) == 200
    assert filled == laid


@pytest.mark.proof
def test_filled_letters_look_as_whole_ones(both, make_holder):
    names = [holder.full_name for holder in drawn(make_holder, 200)]
    for number, (ours, theirs) in enumerate(zip(*(pictures(pdf) for pdf in both), strict=True)):
        allowed = APART[falls_back(names[number])]
        assert abs(ours - theirs).sum() < allowed * (255 - theirs).sum(), names[number]


def unlike(ours: bytes, theirs: bytes) -> list[float]:
    """The share of each page's ink that differs."""
    pairs = zip(pictures(ours), pictures(theirs), strict=True)
    return [abs(one - other).sum() / (255 - other).sum() for one, other in pairs]


@pytest.mark.parametrize("language", ["", "uk"])
def test_filled_guardians_letters_look_as_whole_ones(make_letters, language):
    """With children elsewhere and without, of one and of several here, with a long address and with none."""
    families = [kin(0, children=1, elsewhere=0), kin(1, children=4), kin(2, elsewhere=0, address_lines=())]
    context = make_letters([replace(each, language=language) for each in families])
    sheets = list(texts.letters(context, list(documents.by_class(context.holders)), False))
    filled = b"".join(letters_pdf(context, covers=False))
    assert [len(page["/Contents"]) for page in PdfReader(BytesIO(filled)).pages] == [2, 2, 2]
    assert max(unlike(filled, whole(context, sheets))) < APART[False]


@pytest.mark.parametrize("per_page", [8, 24])
def test_filled_slips_look_as_whole_ones(make_letters, make_holder, per_page):
    people = [make_holder(number, "3EME SEGPA 2") for number in range(per_page) if number % 7 not in (2, 6)]
    context = make_letters(people)
    sheets = list(texts.slips(context, list(documents.by_class(people, per_page))))
    filled = b"".join(slips_pdf(context, per_page=per_page))
    assert len(PdfReader(BytesIO(filled)).pages[0]["/Contents"]) == 2
    assert max(unlike(filled, whole(context, sheets, "slips", per_page))) < APART[False]


@pytest.mark.proof
def test_each_page_of_1200_is_one_pupils(make_letters, make_holder):
    rooms = [f"{level}{letter}" for level in (6, 5, 4, 3) for letter in "ABCDEFGHIJ"]
    holders = [make_holder(number, rooms[number // 30], follow_up=f"C{number:07}") for number in range(1200)]
    pages = read_aloud(PdfReader(BytesIO(b"".join(letters_pdf(make_letters(holders))))))
    assert len(pages) == 1200 + 40
    letters = [page for number, page in enumerate(pages) if number % 31]
    for page, holder in zip(letters, holders, strict=True):
        told = (holder.full_name, f"Classe\N{NO-BREAK SPACE}: {holder.classroom}", holder.username)
        for text in (*told, holder.grouped_secret, f"Code de suivi : {holder.follow_up}"):
            assert page.count(text) == 1
    every = [text for page in pages for text in page]
    assert all(every.count(holder.grouped_secret) == 1 for holder in holders[::100])


@pytest.mark.parametrize("name", ["W" * 99, "e\u0301\u0323"])
def test_what_cannot_be_filled_is_laid_out_whole_at_its_place(make_letters, make_holder, name):
    holders = [make_holder(number, **({"first_name": name} if number == 20 else {})) for number in range(40)]
    document = PdfReader(BytesIO(b"".join(letters_pdf(make_letters(holders), covers=False))))
    read = read_aloud(document)
    assert len(document.pages[20]["/Contents"]) == 1
    for holder, page in zip(holders, read, strict=True):
        assert [page.count(text) for text in (holder.username, holder.grouped_secret)] == [1, 1]
    if name[0] == "W":
        assert holders[20].full_name in read[20]


def test_vietnamese_names_are_filled_letter_by_letter(make_letters, make_holder):
    document = PdfReader(BytesIO(b"".join(letters_pdf(make_letters([make_holder(6)]), covers=False))))
    assert len(document.pages[0]["/Contents"]) == 2
    assert "Thị Hà NGUYỄN" in read_aloud(document)[0]


def test_after_many_whole_pages_long_texts_shrink_instead(make_letters, make_holder, monkeypatch):
    monkeypatch.setattr(filling, "MOST_WHOLE", 2)
    holders = [make_holder(number, first_name="W" * 99) for number in range(5)]
    document = PdfReader(BytesIO(b"".join(letters_pdf(make_letters(holders), covers=False))))
    assert all("W" * 99 in "".join(page.extract_text().split()) for page in document.pages)


def test_a_name_of_sixty_letters_keeps_to_its_place(make_letters, make_holder):
    long = make_holder(0, first_name="Marie-Charlotte-Élisabeth", last_name="de La Rochefoucauld-Montmorency-Luxbg")
    (page,) = pypdfium2.PdfDocument(b"".join(letters_pdf(make_letters([long]), covers=False)))
    text = page.get_textpage()
    found = text.search("MONTMORENCY").get_next()
    left, bottom, right, top = text.get_charbox(found[0])
    assert len(long.full_name) > 60
    assert 310 < left < right < 595 - 50
    assert 700 < bottom < top < 800


def test_the_square_is_the_address_and_nothing_else(make_letters, make_holder):
    context = make_letters([make_holder(0)])
    (page,) = pypdfium2.PdfDocument(b"".join(letters_pdf(context, covers=False)))
    (image,) = page.get_objects(filter=[pypdfium2.raw.FPDF_PAGEOBJ_IMAGE])
    shown = numpy.asarray(image.get_bitmap().to_pil().convert("1"))[::4, ::4]
    code = segno.make(context.activation_url, error="m", micro=False)
    assert (shown == [[not dark for dark in row] for row in code.matrix_iter(border=4)]).all()


def test_the_file_is_sound(both):
    with pikepdf.open(BytesIO(both[0])) as pdf:
        assert pdf.check_pdf_syntax() == []
        tree = pdf.Root.StructTreeRoot
        leaves = [leaf for node in tree.ParentTree.Kids for leaf in zip(node.Nums[::2], node.Nums[1::2], strict=True)]
        assert [int(number) for number, _ in leaves] == [int(page.StructParents) for page in pdf.pages]
        assert all(
            element.Pg == page.obj for (_, owners), page in zip(leaves, pdf.pages, strict=True) for element in owners
        )
        assert len(both[0]) / 200 < 3000
