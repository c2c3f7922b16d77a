"""Applying a delivery: all of it in one transaction, or nothing."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction

from accounts.actions.feeds import guardians, students
from accounts.actions.feeds.counts import count_students
from accounts.actions.feeds.doubts import Line, doubts
from accounts.actions.feeds.guard import stops_of, year_stop
from accounts.actions.feeds.matching import TAKE, dangling_lines, match_accounts, tie_lines
from accounts.actions.feeds.merging import make_keys, merge_lines
from accounts.actions.feeds.naming import name_new_accounts, reserve_usernames, username_root
from accounts.actions.feeds.preview import differences
from accounts.actions.feeds.result import FeedResult, Hindrance, NotApplied, Stopped
from accounts.actions.feeds.schools import bring_classes, bring_mefs, bring_schools
from accounts.actions.feeds.staging import CLEAR, Staged, classes_by_school, nameless_school, stage
from accounts.actions.feeds.telling import of_a_quiet_day, tell
from accounts.actions.feeds.unknown import refuse_unknown
from accounts.actions.journal import Actor, Event, record
from accounts.enums import FeedState
from accounts.feeds.academies import academy_name
from accounts.feeds.delivery import Delivery
from accounts.feeds.keys import school_year
from accounts.feeds.report import Issue, Place, Reason, Refusal, Refused, Report, Then
from accounts.feeds.terms import Kind
from accounts.models import Feed, FeedTrace
from educonnect_admin.toolkit.scope import scope

CLOSING_DELAY = timedelta(days=90)
"""From the day a person is no longer in any feed to the closing of the account."""

ONE_AT_A_TIME = "SELECT pg_advisory_xact_lock(hashtext('console feeds'))"
"""Two deliveries at once could each create the same person."""
NONE_AT_WORK = "SELECT pg_try_advisory_xact_lock(hashtext('console feeds'))"
"""The same for who would rather be told than wait."""
ARRIVE = (*TAKE, students.BRING_IN, students.ENROL)
BE_TOLD = (
    students.CITE_SOURCE,
    students.CORRECT,
    students.PLACE,
    students.WELCOME_BACK,
    guardians.BRING_IN,
    guardians.TIE,
)
FOLLOW = (
    guardians.CITE_SOURCE,
    guardians.CORRECT,
    guardians.WELCOME_BACK,
    students.FORSAKE,
    guardians.FORSAKE,
    students.FIND_LEAVING,
    guardians.FIND_ENDED,
)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is wanted of a delivery. `uai`: of this school alone; `year`: of this school year (that of the rentrée).

    `confirmed`: a person has seen what makes the guard stop. `feed`: the row that a school's page made for it.
    """

    as_of: date
    uai: str = ""
    year: int | None = None
    confirmed: bool = False
    feed: Feed | None = None
    wants_differences: bool = False


@dataclass(frozen=True, slots=True)
class Context:
    """What the statements of every school share. `day` is the delivery's own, `as_of` the day it is applied."""

    delivery: Delivery
    academy: int
    as_of: date
    moment: datetime
    spared: list[str]
    feeds: Mapping[str, uuid.UUID]
    last_days: Mapping[str, date | None]
    has_guardians: bool

    @property
    def day(self) -> date:
        return self.delivery.day or self.as_of

    def for_school(self, uai: str) -> dict[str, Any]:
        return {
            "uai": uai,
            "academy": self.academy,
            "academy_name": academy_name(self.academy),
            "system": self.delivery.system.value,
            "is_delta": self.delivery.kind is Kind.DELTA,
            "has_guardians": self.has_guardians,
            "day": self.day,
            "last_day": self.last_days.get(uai),
            "as_of": self.as_of,
            "closing_on": self.as_of + CLOSING_DELAY,
            "spared": self.spared,
            "feed": self.feeds[uai],
            "moment": self.moment,
        }


@transaction.atomic
def apply_delivery(*, actor: Actor, delivery: Delivery, plan: Plan) -> FeedResult:
    """Bring the schools of a delivery to the state it describes, or change what it changes.

    Whoever has disappeared from all bases of a school loses the place at once and the account 90 days after `as_of`;
    back before, both are as they were. The same delivery twice changes nothing. Raises `Refusal`, `NotApplied`, or
    `Stopped` where the guard wants a person's word: then nothing is changed.
    """
    _check(delivery, plan)
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    report, result = Report(), FeedResult()
    staged = stage(delivery, report, plan.uai)
    academy = staged.academy(delivery.academy)
    merge_lines()
    persons = _settle_people(delivery, staged, academy, report, result)
    pupils = count_students()
    uais = sorted(set(pupils) | _schools_of_known())
    if not uais:
        return of_a_quiet_day(result, staged, persons, report, delivery)
    report.extend(doubts(staged, delivery.terms))
    name_new_accounts()
    context = _context(delivery, plan, staged, academy, uais)
    bring_mefs(staged.mefs, corrects=not staged.only)
    _bring_schools(actor, staged, academy, uais)
    for school, classes in sorted(classes_by_school(staged, uais).items()):
        with scope(school):
            _open_feed(school, context, actor)
            _trace_classes(school, bring_classes(school, classes, context.moment), context)
            _bring_people(context.for_school(school))
    for school in uais:
        with scope(school):
            _see_off(context.for_school(school), result, plan)
    tell(result, staged, persons, report, delivery)
    result.stops += year_stop(delivery, plan.as_of) if not plan.year else []
    if result.stops and not plan.confirmed:
        raise Stopped(result)
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)
    _close(actor, pupils, uais, context, result)
    return result


def _check(delivery: Delivery, plan: Plan) -> None:
    """A complete delivery with a category missing would make everyone else disappear."""
    if delivery.missing:
        raise NotApplied(Hindrance.CATEGORY_MISSING, delivery.first, f"no {', '.join(sorted(delivery.missing))}")
    year = delivery.year or (school_year(delivery.day) if delivery.day else None)
    if plan.year and year and year != plan.year:
        detail = f"the file is of {year}-{year + 1}, and {plan.year}-{plan.year + 1} was meant"
        raise Refusal(Refused.OTHER_YEAR, delivery.first, None, detail)
    if plan.uai and delivery.uai and delivery.uai != plan.uai:
        detail = f"the file is of {delivery.uai}, and {plan.uai} was meant"
        raise Refusal(Refused.OTHER_SCHOOL, delivery.first, None, detail)


def _settle_people(delivery: Delivery, staged: Staged, academy: int, report: Report, result: FeedResult) -> int:
    """Make accounts of lines; changes of nobody known are told. How many persons the delivery had."""
    values = {"academy": academy, "system": delivery.system.value, "is_delta": delivery.kind is Kind.DELTA}
    persons = match_accounts(staged, values, sorted(set(count_students()) | ({staged.only} if staged.only else set())))
    for unknown in refuse_unknown(staged):
        place = Place(unknown.file, unknown.line)
        if unknown.is_removal:
            where = Line(unknown.called, place)
            report.add(Issue.at(where, "identifier", unknown.called, Reason.REMOVED_UNKNOWN, Then.IGNORED))
        else:
            staged.refuse(place, unknown.called, "identifier", str(Reason.MODIFIED_UNKNOWN))
    if delivery.kind is Kind.DELTA:
        for file, line, called, raw in dangling_lines():
            where = Line(called, Place(file, line))
            name = delivery.terms.relations
            report.add(Issue.at(where, name, raw, Reason.RELATION_DANGLING, Then.VALUE_DROPPED))
    tie_lines()
    return persons


def _schools_of_known() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT uai FROM feed_known WHERE uai IS NOT NULL")
        return {uai for (uai,) in cursor.fetchall()}


def _context(delivery: Delivery, plan: Plan, staged: Staged, academy: int, uais: list[str]) -> Context:
    """Refuses a delivery of a day before the last one that one of its schools took."""
    day, last_days = delivery.day or plan.as_of, {}
    for uai in uais:
        with scope(uai):
            last = last_days[uai] = Feed.objects.last_day(uai, delivery.system.value, academy)
        if last is not None and day < last:
            detail = f"{day:%d/%m/%Y}, and {uai} has that of {last:%d/%m/%Y}"
            raise NotApplied(Hindrance.OLDER, detail=detail)
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp(), EXISTS (SELECT FROM feed_guardian)")
        moment, has_guardians = cursor.fetchone()
    feeds = {uai: uuid.uuid4() for uai in uais}
    if plan.feed is not None:
        feeds[plan.feed.school_id] = plan.feed.pk
    return Context(delivery, academy, plan.as_of, moment, sorted(staged.spared), feeds, last_days, has_guardians)


def _bring_schools(actor: Actor, staged: Staged, academy: int, uais: list[str]) -> None:
    """Schools belong to no scope."""
    wanted = {school.uai: school for school in staged.structures.values() if school.uai in uais}
    for uai in uais:
        wanted.setdefault(uai, nameless_school("", uai, academy))
    for uai in bring_schools(wanted, academy):
        with scope(uai):
            record(actor=actor, event=Event.SCHOOL_ADDED, uai=uai)


def _open_feed(uai: str, context: Context, actor: Actor) -> None:
    """The row that everything made or changed refers to."""
    told = {
        "school_id": uai,
        "delivery": min(context.feeds.values()),
        "system": context.delivery.system.value,
        "academy_code": context.academy,
        "kind": context.delivery.kind.value,
        "day": context.day,
        "state": FeedState.APPLIED,
        "applied_at": context.moment,
    }
    by = {"staff_id": actor.staff_id, "mandate_id": actor.mandate_id}
    Feed.objects.update_or_create(pk=context.feeds[uai], defaults=told, create_defaults={**told, **by})


def _trace_classes(uai: str, were: list[tuple[uuid.UUID, dict[str, str]]], context: Context) -> None:
    FeedTrace.objects.bulk_create(
        FeedTrace(feed_id=context.feeds[uai], school_id=uai, relation="classroom", row_id=pk, before=before)
        for pk, before in were
    )


def _bring_people(values: dict[str, Any]) -> None:
    """Whoever is in the delivery for the school in scope; and note who is there no more."""
    with connection.cursor() as cursor:
        for statement in ARRIVE:
            cursor.execute(statement, values)
        cursor.execute(students.FILL, values)
        make_keys("here_student")
        for statement in BE_TOLD:
            cursor.execute(statement, values)
        cursor.execute(guardians.FILL, values)
        make_keys("here_guardian")
        cursor.execute(guardians.KNOW_HOLDERS, values)
        for statement in FOLLOW:
            cursor.execute(statement, values)
        cursor.execute(guardians.NEWLY_LEGAL, values)
        if rows := cursor.fetchall():
            roots = [root or username_root(first, last) for _, root, first, last in rows]
            given = {"ids": [row[0] for row in rows], "usernames": reserve_usernames(roots)}
            cursor.execute(guardians.OPEN_ACCOUNT, {**values, **given})


def _see_off(values: dict[str, Any], result: FeedResult, plan: Plan) -> None:
    """End the places and ties of those who are there no more, and schedule closings.

    Only once every school has its people: someone may have gone from one school to another.
    """
    result.stops += stops_of(values["uai"], values["moment"], is_complete=not values["is_delta"])
    with connection.cursor() as cursor:
        cursor.execute(students.CLOSE, values)
        result.students.left += cursor.rowcount
        cursor.execute(guardians.FIND_MOVED, values)
        cursor.execute(students.LEAVE, values)
        cursor.execute(guardians.CLOSE, values)
        result.guardians.left += cursor.rowcount
        cursor.execute(guardians.UNTIE, values)
    if plan.wants_differences:
        result.differences[values["uai"]] = differences(values["uai"], values["feed"], values["moment"])


def _close(actor: Actor, pupils: dict[str, int], uais: list[str], context: Context, result: FeedResult) -> None:
    """Write each school's journal, last of all: until the end of the transaction nobody else can write there."""
    system = context.delivery.system.value
    for uai in uais:
        with scope(uai):
            Feed.objects.filter(pk=context.feeds[uai]).update(result=result.for_school(uai))
            detail = f"{system} {context.day:%d/%m/%Y}"
            target, count = context.feeds[uai], pupils.get(uai, 0)
            record(actor=actor, event=Event.FEED_APPLIED, uai=uai, target=target, count=count, detail=detail)
