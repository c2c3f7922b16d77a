"""The file for mail merge."""

import csv
import tempfile
from datetime import datetime
from io import BytesIO, StringIO

import openpyxl
import pytest

from educonnect_admin.toolkit.spreadsheet import defused
from notifications.exports import COLUMNS, passwords_csv, passwords_xlsx


def test_it_reads_back_in_order_with_its_columns(holders):
    data = passwords_csv(holders)
    assert data.startswith(b"\xef\xbb\xbfNom;Pr")
    rows = list(csv.reader(StringIO(data.decode("utf-8-sig")), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert rows[1] == ["Érable", "Zoé", "5EME A", "a.pupil0", "R4TN 8KWP YYYY", "21/02/2027"]
    assert [row[3] for row in rows[1:]] == [holder.username for holder in holders]


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "﹦", "−"])
@pytest.mark.parametrize("before", ["", " ", "\u00a0", "\u200b", "\ufeff "])
def test_cells_that_a_spreadsheet_would_run_are_defused(start, before):
    cell = f"{before}{start}1+1"
    assert defused(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "Zoé", "D’Ornain-Lecœur", "a=b", "12", "a.durand3", "«", "'"])
def test_plain_cells_stay_as_they_are(cell):
    assert defused(cell) == cell


def test_a_hostile_pupil_runs_nothing(make_holder):
    hostile = make_holder(0, first_name="+1", last_name='=HYPERLINK("http://x";"y")', classroom="@6A")
    rows = list(csv.reader(StringIO(passwords_csv([hostile]).decode("utf-8-sig")), delimiter=";"))
    assert rows[1][:3] == ['\'=HYPERLINK("http://x";"y")', "'+1", "'@6A"]


def test_a_workbook_holds_the_same_as_texts_and_days(holders, make_holder):
    hostile = make_holder(0, first_name="+1", last_name='=HYPERLINK("http://x";"y")', classroom="@6A")
    sheet = openpyxl.load_workbook(BytesIO(passwords_xlsx([*holders, hostile]))).active
    heads, first, *_, last = sheet.iter_rows(values_only=True)
    assert heads == COLUMNS
    assert first == ("Érable", "Zoé", "5EME A", "a.pupil0", "R4TN 8KWP YYYY", datetime(2027, 2, 21))
    assert last[:3] == ('\'=HYPERLINK("http://x";"y")', "'+1", "'@6A")
    assert {cell.data_type for row in sheet.iter_rows(max_col=5) for cell in row} == {"s"}


def test_a_workbook_leaves_nothing_on_the_disk(holders, monkeypatch):
    """No password may be in a temporary file, not even for a moment."""

    def refused(*_, **__):
        raise AssertionError("a temporary file")

    for name in ("mkstemp", "mkdtemp", "TemporaryFile", "NamedTemporaryFile", "SpooledTemporaryFile"):
        monkeypatch.setattr(tempfile, name, refused)
    assert passwords_xlsx(holders).startswith(b"PK")
