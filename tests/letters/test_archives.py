"""A whole school: one PDF a class, in a zip that is sent as it grows."""

from io import BytesIO
from itertools import islice
from zipfile import ZipFile

from pypdf import PdfReader

from notifications.rendering import class_list_archive, letters_archive, slips_archive


def files_of(pieces) -> ZipFile:
    return ZipFile(BytesIO(b"".join(pieces)))


def test_letters_come_one_file_a_class_in_order(make_letters, holders):
    archive = files_of(letters_archive(make_letters(holders)))
    assert archive.testzip() is None
    assert archive.namelist() == ["01-lettres-5EME-A.pdf", "02-lettres-10A.pdf"]
    second = PdfReader(BytesIO(archive.read("02-lettres-10A.pdf")))
    assert second.metadata.title == "Courriers aux élèves, 10A"
    assert [holders[index].username in second.pages[1].extract_text() for index in (5, 6)] == [False, True]


def test_the_first_class_is_sent_before_the_next_is_laid_out(make_letters, make_holder):
    context = make_letters([make_holder(0, "6A"), make_holder(1, "6B")])
    (first,) = islice(letters_archive(context), 1)
    assert first.startswith(b"PK")
    assert b"01-lettres-6A.pdf" in first
    assert b"6B" not in first


def test_slips_and_lists_come_the_same_way(make_letters, make_list, holders):
    slips = files_of(slips_archive(make_letters(holders), per_page=24))
    lists = files_of(class_list_archive(make_list(holders)))
    assert slips.namelist() == ["01-etiquettes-5EME-A.pdf", "02-etiquettes-10A.pdf"]
    assert lists.namelist() == ["01-liste-5EME-A.pdf", "02-liste-10A.pdf"]
