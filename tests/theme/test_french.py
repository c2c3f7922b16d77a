"""French typography of figures, hours and days."""

import datetime

import pytest

from educonnect_admin.toolkit.templatetags.french import clock, moment, of, percent, thousands

AT = datetime.datetime(2026, 11, 23, 8, 2, tzinfo=datetime.UTC)


@pytest.mark.parametrize(
    ("shown", "wanted"),
    [
        (clock(AT), "8\u00a0h\u00a002"),
        (moment(AT), "23/11/2026 à\u00a08\u00a0h\u00a002"),
        (thousands(812), "812"),
        (thousands(1204), "1\u202f204"),
        (percent(12.54), "12,5\u00a0%"),
        (percent(100), "100\u00a0%"),
        (percent(0), "0\u00a0%"),
        (of("Reims"), "de Reims"),
        (of("Amiens"), "d’Amiens"),
        (of("Évry"), "d’Évry"),
    ],
)
def test_set_with_the_spaces_of_french(shown, wanted):
    assert shown == wanted


@pytest.mark.parametrize("filter_", [clock, moment, thousands, percent, of])
def test_a_missing_value_shows_nothing(filter_):
    assert filter_(None) == ""
