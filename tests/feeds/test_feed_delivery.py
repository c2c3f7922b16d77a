"""What makes a delivery: which files, of which kind, belonging together."""

from datetime import date
from pathlib import Path

import pytest

from accounts.feeds.delivery import read_delivery
from accounts.feeds.envelope import Category
from accounts.feeds.report import Refusal, Refused, Report
from accounts.feeds.terms import Kind

HEAD = (
    '<!-- versionAF="AAF-VE2607" --><!-- codeAcademieExport="019" --><!-- degre="2D" -->'
    '<!-- dateGenerationExport="16/11/2026" -->'
)
REQUEST = (
    '<{op}><operationalAttributes><attr name="c"><value>{category}</value></attr></operationalAttributes>'
    "<identifier><id>1</id></identifier></{op}>"
)


def piece(category: str, op: str = "addRequest", head: str = HEAD) -> str:
    return f"<ficAlimMENESR>{head}{REQUEST.format(category=category, op=op)}</ficAlimMENESR>"


def folder(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return root


def refusal(path: Path) -> Refused:
    with pytest.raises(Refusal) as caught:
        read_delivery(path)
    return caught.value.reason


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("ENT_0510001Z_Complet_20261116_Eleve_0000.xml", Kind.COMPLETE),
        ("ENT2DVA-ENT16_Delta_20261116_Eleve_0000.xml", Kind.DELTA),
        ("sous-dossier/x-DELTA.20261116.xml", Kind.DELTA),
    ],
)
def test_the_name_tells_the_kind(tmp_path: Path, name: str, kind: Kind) -> None:
    delivery = read_delivery(folder(tmp_path, {name: piece("Eleve")}))
    assert (delivery.kind, delivery.pieces[0].category) == (kind, Category.STUDENTS)


def test_a_change_request_makes_a_delta_whatever_the_name(tmp_path: Path) -> None:
    assert read_delivery(folder(tmp_path, {"x.xml": piece("Eleve", "modifyRequest")})).kind is Kind.DELTA


def test_files_are_known_by_what_they_hold(tmp_path: Path) -> None:
    files = {"a.xml": piece("Eleve"), "b.xml": piece("PersRelEleve"), "c.xml": piece("EtabEducNat")}
    delivery = read_delivery(folder(tmp_path, files))
    assert delivery.kind is Kind.COMPLETE
    assert {p.name: p.category for p in delivery.pieces} == {
        "a.xml": Category.STUDENTS,
        "b.xml": Category.GUARDIANS,
        "c.xml": Category.SCHOOLS,
    }


def test_a_lone_file_that_tells_nothing_is_refused(tmp_path: Path) -> None:
    assert refusal(folder(tmp_path, {"a.xml": piece("Eleve")})) is Refused.KIND_UNKNOWN


def test_the_head_tells_academy_and_day(tmp_path: Path) -> None:
    header = read_delivery(folder(tmp_path, {"Complet_20200101_.xml": piece("Eleve")})).header
    assert (header.academy, header.date) == (19, date(2026, 11, 16))


def test_an_old_head_leaves_the_day_to_the_name(tmp_path: Path) -> None:
    files = {"FULL_ENTT_Complet_20130117_Eleve_0001.xml": piece("Eleve", head='<!-- versionAF="AAF" -->')}
    header = read_delivery(folder(tmp_path, files)).header
    assert (header.academy, header.version, header.date) == (None, "AAF", date(2013, 1, 17))


@pytest.mark.parametrize(
    "other",
    [
        {"b_Complet_.xml": piece("Eleve", head=HEAD.replace("16/11", "23/11"))},
        {"b_Complet_.xml": piece("Eleve", head=HEAD.replace("019", "013"))},
        {"b_Delta_.xml": piece("Eleve")},
    ],
)
def test_files_of_two_deliveries_are_refused(tmp_path: Path, other: dict[str, str]) -> None:
    assert refusal(folder(tmp_path, {"a_Complet_.xml": piece("Eleve"), **other})) is Refused.MIXED


def test_the_first_degree_is_named(tmp_path: Path) -> None:
    files = {"a_Complet_.xml": piece("Eleve", head=HEAD.replace("2D", "1D"))}
    delivery = read_delivery(folder(tmp_path, files))
    assert delivery.terms.names == "ENTPersonNom/ENTPersonPrenom"


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    assert refusal(folder(tmp_path, {"ficAlimMENESR.dtd": "", "lisez-moi.txt": "x"})) is Refused.NOTHING


def test_a_path_that_is_not_there_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path / "absent") is Refused.UNREADABLE


def test_links_in_a_folder_are_not_followed(tmp_path: Path) -> None:
    folder(tmp_path, {"dehors/Complet_a.xml": piece("Eleve"), "dedans/Complet_b.xml": piece("Eleve")})
    (tmp_path / "dedans" / "Complet_c.xml").symlink_to(tmp_path / "dehors" / "Complet_a.xml")
    assert [p.name for p in read_delivery(tmp_path / "dedans").pieces] == ["Complet_b.xml"]


def test_several_paths_make_one_delivery(tmp_path: Path) -> None:
    folder(tmp_path, {"1/Complet_a.xml": piece("Eleve"), "2/Complet_b.xml": piece("PersRelEleve")})
    delivery = read_delivery([tmp_path / "1", tmp_path / "2" / "Complet_b.xml"])
    assert [p.name for p in delivery.pieces] == ["Complet_a.xml", "Complet_b.xml"]


@pytest.mark.parametrize("op", ["modifyRequest", "deleteRequest"])
def test_a_change_in_a_complete_delivery_is_refused(tmp_path: Path, op: str) -> None:
    text = piece("Eleve").replace("</ficAlim", REQUEST.format(category="Eleve", op=op) + "</ficAlim")
    delivery = read_delivery(folder(tmp_path, {"a_Complet_.xml": text}))
    with pytest.raises(Refusal) as caught:
        list(delivery.students(Report()))
    assert caught.value.reason is Refused.DELTA_REQUEST


def test_two_categories_in_one_file_are_refused(tmp_path: Path) -> None:
    other = REQUEST.format(category="PersRelEleve", op="addRequest")
    text = piece("Eleve").replace("</ficAlim", other + "</ficAlim")
    delivery = read_delivery(folder(tmp_path, {"a_Complet_.xml": text}))
    with pytest.raises(Refusal, match="PersRelEleve"):
        list(delivery.students(Report()))


def test_an_unknown_category_is_left_aside(tmp_path: Path) -> None:
    files = {"a_Complet_.xml": piece("Eleve"), "b_Complet_.xml": piece("GroupeFutur")}
    delivery = read_delivery(folder(tmp_path, files))
    assert [p.category for p in delivery.pieces] == ["Eleve", "GroupeFutur"]
    assert list(delivery.guardians(Report())) == []
