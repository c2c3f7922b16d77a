"""The state that the screen shows is the same in Python, in SQL, and on pupils and guardians."""

from datetime import timedelta
from itertools import product

import pytest
from django.utils import timezone

from accounts.enums import AccountState
from accounts.models import Guardian, Schooling
from tests.factories import GuardianFactory, SchoolingFactory, StudentFactory
from tests.visitors import World

NOW = timezone.now()
ENDS = [None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(days=1)]
CASES = [
    (state, ends, closing)
    for state, ends, closing in product(AccountState, ENDS, [None, NOW.date()])
    if state is not AccountState.NOTIFIED or ends is not None
]


def fields(state: AccountState, ends: object, closing: object) -> dict[str, object]:
    notified = state is AccountState.NOTIFIED
    return {
        "state": state,
        "provisional_expires_at": ends,
        "provisional_hash": b"\x01" + b"h" * 32 if notified else None,
        "closing_on": closing,
        "blocked_reason": "motif" if state is AccountState.BLOCKED else "",
    }


@pytest.mark.parametrize("now", [NOW, NOW + timedelta(days=2)])
def test_sql_and_python_agree(world: World, now: object) -> None:
    for case in CASES:
        SchoolingFactory(school=world.here, student=StudentFactory(**fields(*case)))
        GuardianFactory(**fields(*case))
    schoolings = list(Schooling.objects.with_shown_state(now).select_related("student"))
    assert len(schoolings) == len(CASES) + 4
    assert [row.shown_state for row in schoolings] == [row.student.shown(now) for row in schoolings]
    guardians = list(Guardian.objects.with_shown_state(now))
    assert [guardian.shown_state for guardian in guardians] == [guardian.shown(now) for guardian in guardians]
