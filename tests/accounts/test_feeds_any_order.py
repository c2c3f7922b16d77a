"""Any sequence of complete and delta deliveries ends in the state of the last complete one plus its deltas."""

from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.actions.feeds import NotApplied
from accounts.models import Guardianship, Schooling
from educonnect_admin.toolkit.scope import scope
from tests.accounts.feed_deliveries import (
    COLLEGE,
    CONTACT,
    DAY,
    IN_CHARGE,
    LEGAL,
    LYCEE,
    Kind,
    Place,
    Removal,
    deliver,
    person,
    pupil,
)

pytestmark = [pytest.mark.django_db, pytest.mark.proof]

NAMES = ("AUBE", "VESLE", "ORNE", "SAÔNE", "LOIRE")
PERSONS = range(9)
entries = st.tuples(
    st.sampled_from(("9001", "9002")),
    st.sampled_from(("5EME A", "5EME B", "")),
    st.sampled_from(("", "a@example.org", "b@example.org")),
    st.dictionaries(st.sampled_from(PERSONS), st.sampled_from((LEGAL, IN_CHARGE, CONTACT)), max_size=2),
)
states = st.dictionaries(st.sampled_from(range(len(NAMES))), entries, min_size=1)
deltas = st.dictionaries(st.sampled_from(range(len(NAMES))), st.one_of(st.none(), entries), min_size=1, max_size=3)
sequences = st.lists(st.one_of(st.tuples(st.just("complete"), states), st.tuples(st.just("delta"), deltas)), max_size=4)


def record(number: int, entry: Any) -> Any:
    if entry is None:
        return Removal(str(3200000 + number), Place("Eleve", number))
    school, room, mail, ties = entry
    told = [(3100000 + other, relation) for other, relation in sorted(ties.items())]
    return pupil(3200000 + number, NAMES[number], school=school, room=room, mail=mail, ties=told)


def apply(kind: str, entries: dict[int, Any], day: int) -> None:
    persons = [person(3100000 + number, f"RIVE{'ABCDEFGHI'[number]}") for number in PERSONS]
    records = [record(number, entry) for number, entry in sorted(entries.items())]
    wanted = Kind.COMPLETE if kind == "complete" else Kind.DELTA
    deliver(*records, *persons, day=DAY + timedelta(days=day), kind=wanted)


def held() -> list[Any]:
    found = []
    for uai in (COLLEGE, LYCEE):
        with scope(uai):
            here = Schooling.objects.filter(left_on=None)
            found.append(
                sorted(here.values_list("student__sources__aaf_id", "classroom__code", "student__closing_on"), key=str)
            )
            ties = Guardianship.objects.filter(student__in=here.values("student"))
            found.append(sorted(ties.values_list("student__last_name", "guardian__last_name", "relation"), key=str))
    return found


@settings(
    max_examples=8,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
)
@given(first=states, following=sequences)
def test_the_end_is_the_last_complete_delivery_with_its_deltas(first: Any, following: Any) -> None:
    ends = []
    truth: dict[int, Any] = {}
    for kind, entries in [("complete", first), *following]:
        truth = dict(entries) if kind == "complete" else {**truth, **entries}
        truth = {number: entry for number, entry in truth.items() if entry is not None}
    if not truth:
        return
    for sequence in ([("complete", first), *following], [("complete", truth)]):
        with transaction.atomic():
            for day, (kind, entries) in enumerate(sequence):
                with suppress(NotApplied):  # a delta about nobody here
                    apply(kind, entries, day)
            ends.append(held())
            transaction.set_rollback(True)
    assert ends[0] == ends[1]
