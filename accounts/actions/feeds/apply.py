"""Applying a complete delivery: all of it in one transaction, or nothing."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from accounts.actions.feeds import guardians, students
from accounts.actions.feeds.counts import count_students, count_up
from accounts.actions.feeds.doubts import doubts
from accounts.actions.feeds.matching import TAKE, match_accounts
from accounts.actions.feeds.naming import name_new_accounts, reserve_usernames
from accounts.actions.feeds.result import FeedResult, Hindrance, NotApplied
from accounts.actions.feeds.schools import bring_classes, bring_mefs, bring_schools
from accounts.actions.feeds.staging import CLEAR, Staged, codes_by_school, stage
from accounts.actions.journal import Actor, Event, record
from accounts.enums import SourceSystem
from accounts.feeds.academies import academy_name
from accounts.feeds.delivery import WHOLE, Delivery, Kind
from accounts.feeds.report import Reason, Refusal, Refused, Report
from accounts.models import Source
from educonnect_admin.toolkit.scope import scope

CLOSING_DELAY = timedelta(days=90)
"""From the day a person is no longer in any feed to the closing of the account."""

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('console feeds'))"
"""Two deliveries at once could each create the same person."""

ARRIVALS = (
    *TAKE,
    students.BRING_IN,
    students.ENROL,
    students.CITE_SOURCE,
    students.CORRECT,
    students.PLACE,
    students.WELCOME_BACK,
    guardians.BRING_IN,
    guardians.TIE,
    guardians.CITE_SOURCE,
    guardians.CORRECT,
    guardians.WELCOME_BACK,
    students.FIND_LEAVING,
    guardians.FIND_ENDED,
)


@dataclass(frozen=True, slots=True)
class Context:
    """What the statements of every school share. `day` is the delivery's own, `as_of` the day it is applied."""

    academy: int
    day: date
    as_of: date
    spared: list[str]

    def for_school(self, uai: str) -> dict[str, Any]:
        return {
            "uai": uai,
            "academy": self.academy,
            "academy_name": academy_name(self.academy),
            "day": self.day,
            "as_of": self.as_of,
            "closing_on": self.as_of + CLOSING_DELAY,
            "spared": self.spared,
        }


@transaction.atomic
def apply_delivery(*, actor: Actor, delivery: Delivery, as_of: date, uai: str = "") -> FeedResult:
    """Bring the schools of a complete AAF delivery that have pupils to the state it describes; a `uai`: that one alone.

    A person is known by académie and AAF identifier. Whoever has disappeared loses the place at once and the account
    90 days after `as_of`; back before, both are as they were. The same delivery twice changes nothing.
    Raises `Refusal` or `NotApplied`: then nothing is changed.
    """
    _check_kind(delivery)
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    report, result = Report(), FeedResult()
    staged = stage(delivery, report, uai)
    academy = staged.academy(delivery.header.academy)
    persons = match_accounts(academy)
    pupils = count_students()
    if not pupils:
        raise NotApplied(Hindrance.NO_STUDENT, detail=uai)
    report.extend(doubts(staged))
    name_new_accounts()
    context = Context(academy, delivery.header.date or as_of, as_of, sorted(staged.spared))
    _bring_what_is_shared(actor, staged, academy, set(pupils))
    for school, codes in sorted(codes_by_school(staged, pupils).items()):
        with scope(school):
            _refuse_older(school, context)
            bring_classes(school, codes)
            _bring_people(context.for_school(school))
    for school in sorted(pupils):
        with scope(school):
            _see_off(context.for_school(school), result)
    count_up(result, staged, persons)
    result.relations["dangling"] = report.counts[Reason.RELATION_DANGLING]
    result.tell(report.lines)
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)
    _tell_schools(actor, pupils, context.day)
    return result


def _check_kind(delivery: Delivery) -> None:
    """A delta, or a complete delivery with a category missing, would make everyone else disappear."""
    if delivery.kind is not Kind.COMPLETE:
        raise Refusal(Refused.NOT_SUPPORTED, delivery.pieces[0].name, None, delivery.kind)
    missing = WHOLE - {piece.category for piece in delivery.pieces}
    if missing:
        raise NotApplied(Hindrance.CATEGORY_MISSING, delivery.pieces[0].name, f"no {', '.join(sorted(missing))}")


def _bring_what_is_shared(actor: Actor, staged: Staged, academy: int, uais: set[str]) -> None:
    """Schools and training codes, which belong to no scope."""
    bring_mefs(staged.mefs)
    wanted = {school.uai: school for school in staged.structures.values() if school.uai in uais}
    for uai in bring_schools(wanted, academy):
        with scope(uai):
            record(actor=actor, event=Event.SCHOOL_ADDED, uai=uai)


def _tell_schools(actor: Actor, pupils: dict[str, int], day: date) -> None:
    """Write each school's journal, last of all: until the end of the transaction nobody else can write there."""
    for uai, count in sorted(pupils.items()):
        with scope(uai):
            detail = f"{SourceSystem.AAF} {day:%d/%m/%Y}"
            record(actor=actor, event=Event.FEED_APPLIED, uai=uai, count=count, detail=detail)


def _refuse_older(uai: str, context: Context) -> None:
    """Refuse a delivery of a day before the last one that this school took."""
    known = Source.objects.filter(school=uai, system=SourceSystem.AAF, academy_code=context.academy)
    last = known.aggregate(last=Max("read_on"))["last"]
    if last is not None and context.day < last:
        detail = f"{context.day:%d/%m/%Y}, and {uai} has that of {last:%d/%m/%Y}"
        raise NotApplied(Hindrance.OLDER, detail=detail)


def _bring_people(values: dict[str, Any]) -> None:
    """Whoever is in the delivery for the school in scope; and note who is there no more."""
    with connection.cursor() as cursor:
        for statement in ARRIVALS:
            cursor.execute(statement, values)
        cursor.execute(guardians.NEWLY_LEGAL, values)
        if rows := cursor.fetchall():
            ids, roots = zip(*rows, strict=True)
            cursor.execute(guardians.OPEN_ACCOUNT, [list(ids), reserve_usernames(roots)])


def _see_off(values: dict[str, Any], result: FeedResult) -> None:
    """End the places and ties of those who are there no more, and schedule closings.

    Only once every school has its people: someone may have gone from one school to another.
    """
    with connection.cursor() as cursor:
        cursor.execute(students.CLOSE, values)
        result.students.left += cursor.rowcount
        cursor.execute(guardians.FIND_MOVED, values)
        cursor.execute(students.LEAVE, values)
        cursor.execute(guardians.CLOSE, values)
        result.guardians.left += cursor.rowcount
        cursor.execute(guardians.UNTIE, values)
