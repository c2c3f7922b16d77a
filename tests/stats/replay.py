"""The figures of a past day a second way: plain Python over the rows and the journal, account by account."""

from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from accounts import provisional
from accounts.enums import AccountState, Relation
from accounts.models import Account, Guardian, Guardianship, JournalEntry, School, Schooling
from stats.keeping import STATE_AFTER

KEPT_DAYS = 90
"""Between the day a person leaves and the closing of the account."""


def replayed(school: School, day: date) -> dict[tuple[str, Any], Counter[str]]:
    """States counted at the end of the day, by population and class; None is the whole school."""
    end = datetime.combine(day + timedelta(days=1), time.min, school.zone)
    entries = list(JournalEntry.objects.filter(uai=school.uai).order_by("sequence"))
    counted: dict[tuple[str, Any], Counter[str]] = {("students", None): Counter(), ("guardians", None): Counter()}
    for population, account, rooms in _present(school, day, end):
        state = _state(account, [e for e in entries if e.target == account.pk], end, school.zone)
        for room in {None, *rooms}:
            counted.setdefault((population, room), Counter())[state] += 1
    return counted


def _present(school: School, day: date, end: datetime) -> list[tuple[str, Account, set[Any]]]:
    found: list[tuple[str, Account, set[Any]]] = []
    places = list(Schooling.objects.filter(school=school).select_related("student"))
    here = [place for place in places if place.created_at < end and _is_in(place.left_on, day)]
    for place in here:
        if _is_in(_left(place.student), day):
            found.append(("students", place.student, {place.classroom_id}))
    for guardian in Guardian.objects.filter(username__isnull=False):
        ties = Guardianship.objects.filter(guardian=guardian, relation=Relation.LEGAL, created_at__lt=end)
        children = {tie.student_id for tie in ties}
        rooms = {place.classroom_id for place in here if place.student_id in children}
        if rooms and _is_in(_left(guardian), day):
            found.append(("guardians", guardian, rooms))
    return found


def _is_in(left_on: date | None, day: date) -> bool:
    return left_on is None or left_on > day


def _left(account: Account) -> date | None:
    return account.closing_on - timedelta(days=KEPT_DAYS) if account.closing_on else None


def _state(account: Account, entries: list[JournalEntry], end: datetime, zone: ZoneInfo) -> str:
    after = {event.value: state for event, state in STATE_AFTER.items()}
    told = [(entry.at, after[entry.event]) for entry in entries if entry.event in after]
    told += [(account.notified_at, AccountState.NOTIFIED)] if account.notified_at else []
    told += [(account.activated_at, AccountState.ACTIVATED)] if account.activated_at else []
    before = [one for one in told if one[0] < end]
    if not before:
        return AccountState.NOT_NOTIFIED.value if told else str(account.state)
    at, state = max(before, key=_order)
    if state is not AccountState.NOTIFIED:
        return state.value
    is_last = (at, state) == max(told, key=_order) and account.state == AccountState.NOTIFIED
    ends = account.provisional_expires_at if is_last else provisional.expiry(at, zone, 90)
    return "expired" if ends is not None and ends < end else state.value


def _order(one: tuple[datetime, AccountState]) -> tuple[datetime, bool]:
    """What happens in the moment of a notification follows it."""
    return one[0], one[1] is not AccountState.NOTIFIED
