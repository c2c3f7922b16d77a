"""Entries with something missing, too long or doubtful: what becomes of the line, and what is told of it."""

from accounts.feeds.aaf2d import read_guardian, read_school, read_student
from accounts.feeds.envelope import Entry, Operation
from accounts.feeds.links import Link, Relation
from accounts.feeds.records import ClassRecord
from accounts.feeds.report import LINES_PER_REASON, VALUE_LIMIT, Issue, Place, Reason, Report, Then

STUDENT = {
    "sn": ["AUBE"],
    "givenName": ["Lou"],
    "ENTPersonDateNaissance": ["14/03/2014"],
    "ENTEleveINE": ["990000001EB"],
    "ENTEleveClasses": ["9001$5EME A"],
}


def entry(attributes: dict[str, list[str]], ident: str = "3200001") -> Entry:
    return Entry(Operation.ADD, "Eleve", ident, attributes, Place("f.xml", 9))


def student(ident: str = "3200001", **changes: str):  # type: ignore[no-untyped-def]
    report = Report()
    attributes = {**STUDENT, **{name: [value] for name, value in changes.items()}}
    return read_student(entry(attributes, ident), report), report


def test_a_plain_pupil_has_nothing_to_tell() -> None:
    record, report = student()
    assert (record.family_name, record.name, record.first_name) == ("AUBE", "AUBE", "Lou")
    assert record.classes == (ClassRecord("9001", "5EME A"),)
    assert report.lines == []


def test_a_name_of_100_characters_is_kept_and_a_longer_one_rejected() -> None:
    record, _ = student(sn="A" * 100)
    assert record.name == "A" * 100
    record, report = student(sn="A" * 10_000)
    assert record is None
    assert report.lines[0].words == "name too long: 10000 characters, 100 allowed"
    assert len(report.lines[0].value) <= VALUE_LIMIT
    assert report.rejected == {"3200001"}


def test_the_family_name_stands_in_for_the_name_in_use() -> None:
    record, _ = student(sn="", ENTPersonNomPatro="MARNE")
    assert (record.name, record.family_name) == ("MARNE", "MARNE")


def test_nobody_is_kept_without_any_name() -> None:
    record, report = student(sn="\u200b ")
    assert record is None
    assert report.counts == {Reason.NAME_EMPTY: 1}


def test_a_pupil_without_first_name_is_kept_and_told() -> None:
    record, report = student(givenName="")
    assert record.first_name == ""
    assert report.counts == {Reason.FIRST_NAME_EMPTY: 1}


def test_an_entry_without_identifier_is_rejected() -> None:
    for ident in ("", "9" * 31):
        record, report = student(ident=ident)
        assert record is None
        assert report.counts == {Reason.IDENTIFIER_BAD_SHAPE: 1}


def test_a_value_too_long_is_dropped_and_the_pupil_kept() -> None:
    record, report = student(ENTEleveMEF="1" * 12)
    assert record.mef == ""
    assert [(i.field, i.reason, i.then) for i in report.lines] == [
        ("ENTEleveMEF", Reason.VALUE_TOO_LONG, Then.VALUE_DROPPED)
    ]


def test_a_class_without_school_is_dropped() -> None:
    record, report = student(ENTEleveClasses="5EME A")
    assert record.classes == ()
    assert report.counts == {Reason.CLASS_MALFORMED: 1, Reason.WITHOUT_CLASS: 1}


def test_relations_of_both_generations() -> None:
    record, _ = student(ENTElevePersRelEleve="31$2$1$2$1$0")
    (old,) = record.relations
    assert (old.relation, old.link, old.rank) == (Relation.LEGAL, Link.MOTHER, 2)
    record, _ = student(ENTElevePersRelEleve="31$10$1$2$1$0")
    (new,) = record.relations
    assert (new.relation, new.link, new.rank) == (Relation.IN_CHARGE, Link.MOTHER, 0)


def test_deprecated_attributes_make_no_relation() -> None:
    record, report = student(ENTEleveMere="3100001", ENTEleveAutoriteParentale="3100001")
    assert record.relations == ()
    assert report.lines == []


def test_a_school_is_kept_with_a_doubtful_uai() -> None:
    report = Report()
    school = read_school(entry({"ENTEtablissementUAI": ["051000"], "ENTStructureNomCourant": ["LYC-ac-REIMS"]}), report)
    assert school is not None
    assert (school.uai, school.name) == ("051000", "LYC")
    assert report.counts == {Reason.UAI_BAD_SHAPE: 1}


def test_a_class_listed_twice_is_one() -> None:
    classes = ["6EME A$SIXIEME A$10090001110$1029000E11A", "6EME A$SIXIEME A", "$", "5EME B"]
    school = read_school(entry({"ENTStructureUAI": ["0510001Z"], "ENTStructureClasses": classes}, "9001"), Report())
    assert school is not None
    assert school.classes == (
        ClassRecord("9001", "6EME A", "SIXIEME A", ("10090001110", "1029000E11A")),
        ClassRecord("9001", "5EME B"),
    )


def test_a_guardian_is_reached_by_the_first_usable_mobile() -> None:
    attributes = {
        "sn": ["AUBE"],
        "givenName": ["Eve"],
        "ENTPersonMobileSMS": ["0000000000"],
        "mobile": ["0000000000", "06 39 98 00 01", "06 39 98 00 02"],
        "ENTPersonAdresse": ["1 rue de la Vesle$ $bâtiment B$"],
    }
    guardian = read_guardian(entry(attributes), Report())
    assert guardian is not None
    assert guardian.mobile == "+33639980001"
    assert guardian.mobiles_given == ("0000000000", "06 39 98 00 01", "06 39 98 00 02")
    assert guardian.address == ("1 rue de la Vesle", "bâtiment B")


def test_a_report_counts_all_and_keeps_some() -> None:
    report = Report()
    issue = Issue.at(entry({}), "f", "a\x00\u202e" + "b" * 1000, Reason.UNKNOWN_ATTRIBUTE)
    report.extend([issue] * (LINES_PER_REASON + 5))
    assert report.counts[Reason.UNKNOWN_ATTRIBUTE] == LINES_PER_REASON + 5
    assert len(report.lines) == LINES_PER_REASON
    assert issue.value.isprintable()
    assert len(issue.value) == VALUE_LIMIT
