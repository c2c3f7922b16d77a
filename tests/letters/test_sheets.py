"""The records behind the sheets."""

import unicodedata
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from notifications.rendering.engine import UNDRAWN
from notifications.rendering.sheets import LONGEST, by_class, printable

FONTS = Path(__file__).resolve().parents[2] / "static" / "fonts"


@pytest.mark.parametrize(
    ("typed", "printed"),
    [
        ("Zoe\u0301", "Zoé"),
        ("  Zoé \t\r\n Marie ", "Zoé Marie"),
        ("\u202eZo\u200bé\u2069", "Zoé"),
        ("Z\x00o\x7fé\ud800", "Zoé"),
        ("a" * LONGEST, "a" * LONGEST),
        ("a" * 10_000, "a" * (LONGEST - 1) + "…"),
        ("", ""),
    ],
)
def test_texts_are_made_printable(typed, printed):
    assert printable(typed) == printed


def test_records_are_clean_from_the_door(make_holder):
    assert make_holder(0, first_name="\u202eZoé\n").first_name == "Zoé"


@pytest.mark.parametrize(
    ("secret", "grouped"),
    [("R4TN8KWP2HXC", "R4TN 8KWP 2HXC"), ("R4TN8KWP2", "R4TN 8KWP 2"), ("bako-tile-39", "bako-tile-39")],
)
def test_passwords_stand_in_groups_of_four(make_holder, secret, grouped):
    assert make_holder(0, secret=secret).grouped_secret == grouped


def test_a_password_is_not_in_the_representation_of_its_holder(make_holder, make_letters):
    assert "R4TN" not in repr(make_letters([make_holder(0)]))


def test_classes_are_cut_where_they_change_and_keep_their_order(make_holder):
    people = [make_holder(number, room) for number, room in enumerate(["10A", "10A", "10A", "6B", ""])]
    batches = list(by_class(people, at_most=2))
    assert [(batch.class_name, batch.part, batch.parts) for batch in batches] == [
        ("10A", 1, 2),
        ("10A", 2, 2),
        ("6B", 1, 1),
        ("Sans classe", 1, 1),
    ]
    assert [person for batch in batches for person in batch.people] == people


@pytest.mark.parametrize(
    ("classroom", "slug"),
    [
        ("5EME A", "5EME-A"),
        ("CM1/CM2 Mme Lecœur", "CM1-CM2-Mme-Lecur"),
        ("../..", "classe"),
        ("6È (javascript:)", "6E-javascript"),
    ],
)
def test_a_class_in_a_file_name_is_plain(make_holder, classroom, slug):
    (batch,) = by_class([make_holder(0, classroom)])
    assert batch.slug == slug


@pytest.mark.parametrize("weight", ["Regular", "Bold"])
def test_the_bundled_fonts_draw_all_that_is_let_through(weight):
    bundled = [
        TTFont(FONTS / f"{family}-{weight}.ttf")
        for family in ("AtkinsonHyperlegibleNext", "NotoSans", "NotoSansArabic")
    ]
    drawn = {chr(point) for font in bundled for point in font.getBestCmap()}
    let_through = {chr(point) for point in range(0xD800) if not UNDRAWN.match(chr(point))}
    wanted = {letter for letter in let_through if unicodedata.category(letter)[0] in "LMNPS"}
    assert not wanted - drawn
    assert set("œŒæÿŸ’«»…€ąęłŁńśźżğışİşșțȘȚăâîơưệ") <= wanted


def test_the_mono_font_has_all_that_identifiers_and_passwords_use():
    drawn = set(TTFont(FONTS / "AtkinsonHyperlegibleMono-Bold.ttf").getBestCmap())
    assert not set(range(0x20, 0x7F)) - drawn
