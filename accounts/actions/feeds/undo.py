"""Taking a delivery back: the schools that took it are as they were, or nothing is changed."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from accounts.actions.feeds.apply import ONE_AT_A_TIME
from accounts.actions.feeds.tracing import COLUMNS
from accounts.actions.journal import Actor, Event, record
from accounts.enums import FeedState
from accounts.models import Feed
from educonnect_admin.toolkit.scope import scope

NAMED = 20
"""Accounts that a refusal names; it tells how many more there are."""

CREATED = ("student", "guardian")
USED = """
    SELECT a.username, a.last_name || ' ' || a.first_name FROM {table} a
     WHERE a.created_at = %(moment)s
       AND (a.state <> 'not_notified' OR a.notified_at IS NOT NULL OR a.last_login_at IS NOT NULL
            OR a.email_confirmed_at IS NOT NULL)
     ORDER BY 2
"""
USED_CLASSES = """
    SELECT room.code, '' FROM classroom room
     WHERE room.uai = %(uai)s AND room.created_at = %(moment)s
       AND (EXISTS (SELECT FROM mandate_classroom m WHERE m.classroom_id = room.id)
            OR EXISTS (SELECT FROM schooling s WHERE s.classroom_id = room.id AND s.created_at > %(moment)s))
     ORDER BY 1
"""
NAMED_SINCE = """
    SELECT a.username, a.last_name || ' ' || a.first_name
      FROM feed_trace t JOIN guardian a ON a.id = t.row_id
     WHERE t.feed_id = %(feed)s AND t.relation = 'guardian' AND t.before ->> 'username' IS NULL
       AND a.username IS NOT NULL AND a.state <> 'not_notified'
     ORDER BY 2
"""
SETTLED_SINCE = """
    SELECT a.username, a.last_name || ' ' || a.first_name
      FROM (SELECT kept_id AS id FROM guardian_merge WHERE uai = %(uai)s AND merged_at > %(moment)s
             UNION SELECT ended_id FROM guardian_merge WHERE uai = %(uai)s AND merged_at > %(moment)s
             UNION SELECT one_id FROM guardian_double WHERE uai = %(uai)s AND said_at > %(moment)s
             UNION SELECT two_id FROM guardian_double WHERE uai = %(uai)s AND said_at > %(moment)s) settled
      JOIN guardian a USING (id)
     WHERE a.created_at = %(moment)s
        OR EXISTS (SELECT FROM guardianship t
                    WHERE t.uai = %(uai)s AND t.guardian_id = a.id AND t.created_at = %(moment)s)
     ORDER BY 2
"""
READ_AGAIN = """
    UPDATE source o SET read_on = %(last_day)s
     WHERE o.uai = %(uai)s AND o.system = %(system)s AND o.read_on = %(day)s AND %(last_day)s::date IS NOT NULL
       AND NOT EXISTS (SELECT FROM feed_trace t
                        WHERE t.feed_id = %(feed)s AND t.relation = 'source' AND t.row_id = o.id)
"""
RESTORE_TIES = """
    INSERT INTO guardianship (id, uai, student_id, guardian_id, relation, link, rank, disputed_at, created_at)
    SELECT t.row_id, t.uai, w.student_id, w.guardian_id, w.relation, w.link, w.rank, w.disputed_at, w.created_at
      FROM feed_trace t CROSS JOIN LATERAL jsonb_populate_record(NULL::guardianship, t.before) w
     WHERE t.feed_id = %(feed)s AND t.relation = 'guardianship'
        ON CONFLICT (id) DO UPDATE SET relation = EXCLUDED.relation, link = EXCLUDED.link, rank = EXCLUDED.rank
"""


class Obstacle(StrEnum):
    """Why a delivery is not taken back."""

    NOT_APPLIED = "not_applied"
    TOO_OLD = "too_old"
    NOT_THE_LAST = "not_the_last"
    USED = "used"
    IN_A_RUN = "in_a_run"
    OTHER_SCHOOLS = "other_schools"


class NotTakenBack(Exception):  # noqa: N818 - it is an answer, not a mistake of the program
    """Nothing is changed. `names`: what has been used since."""

    def __init__(self, obstacle: Obstacle, names: tuple[str, ...] = (), more: int = 0) -> None:
        self.obstacle, self.names, self.more = obstacle, names, more
        super().__init__(str(obstacle))


@dataclass(frozen=True, slots=True)
class _Part:
    """One school's part of the delivery."""

    feed: UUID
    uai: str
    system: str
    day: date | None
    moment: datetime
    last_day: date | None

    @property
    def values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in ("feed", "uai", "system", "day", "moment", "last_day")}


def take_back(*, actor: Actor, feed: Feed, uai: str = "") -> None:
    """Make the schools of the delivery what they were before it, within 7 days and if nothing of it was used since.

    `uai`: whoever asks for one school only may not take back what others took as well.

    Raises `NotTakenBack`: then nothing is changed.
    """
    if feed.state != FeedState.APPLIED:
        raise NotTakenBack(Obstacle.NOT_APPLIED)
    if not feed.may_be_taken_back:
        raise NotTakenBack(Obstacle.TOO_OLD)
    try:
        with transaction.atomic():
            _take_back(actor, feed, uai)
            with connection.cursor() as cursor:
                cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    except IntegrityError:
        raise NotTakenBack(Obstacle.IN_A_RUN) from None


def _take_back(actor: Actor, feed: Feed, uai: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ONE_AT_A_TIME)
    schools = _schools_of(feed)
    if uai and schools != [uai]:
        raise NotTakenBack(Obstacle.OTHER_SCHOOLS)
    parts = [_part(feed, school) for school in schools]
    used = [name for part in parts for name in _used(part)]
    if used:
        raise NotTakenBack(Obstacle.USED, tuple(dict.fromkeys(used))[:NAMED], max(0, len(set(used)) - NAMED))
    for part in parts:
        with scope(part.uai), connection.cursor() as cursor:
            # Links first: an account is seen through them.
            cursor.execute(RESTORE_TIES, part.values)
            for table in ("schooling", "student", "guardian", "source", "classroom"):
                cursor.execute(_restoring(table), part.values)
    for part in parts:
        with scope(part.uai), connection.cursor() as cursor:
            cursor.execute("SELECT remove_made(%(feed)s)", part.values)
            cursor.execute(READ_AGAIN, part.values)
            Feed.objects.filter(pk=part.feed).update(state=FeedState.TAKEN_BACK, taken_back_at=_now())
            detail = f"{part.system} {part.day:%d/%m/%Y}"
            record(actor=actor, event=Event.FEED_TAKEN_BACK, uai=part.uai, target=part.feed, detail=detail)


def _now() -> datetime:
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        moment: datetime = cursor.fetchone()[0]
        return moment


def _schools_of(feed: Feed) -> list[str]:
    """The schools that took the same delivery: it is taken back whole, or not at all."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT uai FROM feeds_of_delivery(%s) ORDER BY uai", [feed.delivery])
        return [uai for (uai,) in cursor.fetchall()]


def _part(feed: Feed, uai: str) -> _Part:
    with scope(uai):
        own = Feed.objects.get(delivery=feed.delivery)
        later = Feed.objects.filter(state=FeedState.APPLIED, applied_at__gt=own.applied_at)
        if later.exists():
            raise NotTakenBack(Obstacle.NOT_THE_LAST)
        last = Feed.objects.exclude(pk=own.pk).last_day(uai, own.system, own.academy_code or 0)
        if own.applied_at is None:
            raise NotTakenBack(Obstacle.NOT_APPLIED)
        return _Part(own.pk, uai, own.system, own.day, own.applied_at, last)


def _used(part: _Part) -> list[str]:
    found = []
    with scope(part.uai), connection.cursor() as cursor:
        for statement in (*(USED.format(table=table) for table in CREATED), NAMED_SINCE, SETTLED_SINCE, USED_CLASSES):
            cursor.execute(statement, part.values)
            found += [f"{name} ({code})" if name else code for code, name in cursor.fetchall()]
    return found


def _restoring(table: str) -> str:
    """Give the changed rows of a table back what they were."""
    columns = [name for name in COLUMNS[table] if name not in ("student_id", "guardian_id")]
    setting = ", ".join(f"{name} = w.{name}" for name in columns)
    extra = ", version = row.version + 1" if table in CREATED else ""
    return f"""
        UPDATE {table} row SET {setting}{extra}
          FROM feed_trace t CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, t.before) w
         WHERE t.feed_id = %(feed)s AND t.relation = '{table}' AND row.id = t.row_id
    """  # noqa: S608  # names of `tracing`
