"""The figures of the days that are over, from the rows and the journal.

Each day is computed from what happened before its end, never from the state of the moment: computed late, it comes to
the same. Of an account the last thing told up to that moment counts; where nothing was ever told of it, the state that
it has. What is not known of a past day is its classes: the present ones stand for them.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.conf import settings
from django.db import connection

from accounts.actions.feeds.apply import CLOSING_DELAY
from accounts.actions.journal import Event
from accounts.enums import AccountState
from accounts.models import School
from stats.days import DAY, ends_at, missing, starts_at
from stats.models import DailyFigure

STATE_AFTER: Mapping[Event, AccountState] = {
    Event.ACCOUNT_NOTIFIED: AccountState.NOTIFIED,
    Event.ACCOUNT_FROZEN: AccountState.NOT_NOTIFIED,
    Event.ACCOUNT_ERASED: AccountState.CLOSED,
    Event.ACCOUNT_CLOSED: AccountState.CLOSED,
    Event.ACCOUNT_ACTIVATING: AccountState.ACTIVATING,
    Event.ACCOUNT_ACTIVATED: AccountState.ACTIVATED,
    Event.ACCOUNT_BLOCKED: AccountState.BLOCKED,
    Event.ACCOUNT_UNBLOCKED: AccountState.NOT_NOTIFIED,
}
"""What each of the journal's events left an account in."""

KEEP = """
    WITH place AS (
        SELECT 'students' AS population, s.student_id AS id, s.classroom_id, s.created_at AS arrived_at,
               least(s.left_on, a.closing_on - %(closing_days)s) AS left_on,
               a.state, a.notified_at, a.activated_at, a.provisional_expires_at
          FROM schooling s LEFT JOIN student a ON a.id = s.student_id
         WHERE s.uai = %(uai)s
         UNION ALL
        SELECT 'guardians', t.guardian_id, s.classroom_id, greatest(t.created_at, s.created_at),
               least(s.left_on, a.closing_on - %(closing_days)s),
               a.state, a.notified_at, a.activated_at, a.provisional_expires_at
          FROM guardianship t
          JOIN schooling s ON s.uai = t.uai AND s.student_id = t.student_id
          JOIN guardian a ON a.id = t.guardian_id AND a.username IS NOT NULL
         WHERE t.uai = %(uai)s AND t.in_force),
    account AS (SELECT DISTINCT id, state, notified_at, activated_at, provisional_expires_at FROM place),
    told AS (
        SELECT j.target AS id, j.at, known.state
          FROM journal_entry j JOIN unnest(%(events)s::text[], %(states)s::text[]) AS known (event, state) USING (event)
         WHERE j.uai = %(uai)s AND j.target IN (SELECT id FROM account)
         UNION ALL
        SELECT id, notified_at, 'notified' FROM account WHERE notified_at IS NOT NULL
         UNION ALL
        SELECT id, activated_at, 'activated' FROM account WHERE activated_at IS NOT NULL),
    span AS (
        SELECT id, state, at, (at AT TIME ZONE %(zone)s)::date AS told_on,
               lead(at, 1, 'infinity') OVER (PARTITION BY id ORDER BY at, state <> 'notified') AS until
          FROM told),
    day AS (
        SELECT * FROM unnest(%(days)s::date[], %(starts)s::timestamptz[], %(ends)s::timestamptz[])
                   AS d (day, starts_at, ends_at)),
    present AS (
        SELECT DISTINCT day.day, day.ends_at, place.population, place.classroom_id, place.id
          FROM day JOIN place ON place.arrived_at < day.ends_at AND (place.left_on IS NULL OR place.left_on > day.day)),
    notification AS (
        SELECT DISTINCT day.day, told.id
          FROM told JOIN day ON told.at >= day.starts_at AND told.at < day.ends_at WHERE told.state = 'notified'),
    shown AS (
        SELECT one.day, one.population, one.id,
               CASE WHEN span.state = 'notified' AND
                         CASE WHEN span.until = 'infinity' AND account.state = 'notified'
                              THEN account.provisional_expires_at < one.ends_at
                              ELSE one.day >= span.told_on + %(provisional_days)s END
                    THEN 'expired'
                    WHEN span.state IS NOT NULL THEN span.state
                    WHEN EXISTS (SELECT FROM span later WHERE later.id = one.id) THEN 'not_notified'
                    ELSE coalesce(account.state, 'not_notified') END AS state,
               notification.id IS NOT NULL AS is_notification
          FROM (SELECT DISTINCT day, ends_at, population, id FROM present) one
          JOIN account ON account.id = one.id
          LEFT JOIN span ON span.id = one.id AND span.at < one.ends_at AND span.until >= one.ends_at
          LEFT JOIN notification ON notification.day = one.day AND notification.id = one.id),
    counted AS (
        SELECT present.population, present.day, present.classroom_id, shown.state, shown.is_notification
          FROM present JOIN shown USING (population, day, id) WHERE present.classroom_id IS NOT NULL
         UNION ALL
        SELECT population, day, NULL, state, is_notification FROM shown
         UNION ALL
        SELECT population, day, NULL, NULL, false FROM day, unnest(%(populations)s::text[]) AS population)
    INSERT INTO daily_figure (uai, day, population, classroom_id, not_notified, notified, activating, expired,
                              activated, blocked, notifications)
    SELECT %(uai)s, day, population, classroom_id,
           count(*) FILTER (WHERE state = 'not_notified'), count(*) FILTER (WHERE state = 'notified'),
           count(*) FILTER (WHERE state = 'activating'), count(*) FILTER (WHERE state = 'expired'),
           count(*) FILTER (WHERE state = 'activated'), count(*) FILTER (WHERE state = 'blocked'),
           count(*) FILTER (WHERE is_notification)
      FROM counted GROUP BY population, day, classroom_id
        ON CONFLICT DO NOTHING
"""


def keep_days(school: School, days: Sequence[date]) -> None:
    """Compute these days and keep them, all or none; one that is kept already stays as it is. In the school's scope."""
    zone = school.zone
    with connection.cursor() as cursor:
        cursor.execute(
            KEEP,
            {
                "uai": school.uai,
                "zone": school.time_zone,
                "days": list(days),
                "starts": [starts_at(day, zone) for day in days],
                "ends": [ends_at(day, zone) for day in days],
                "events": [event.value for event in STATE_AFTER],
                "states": [state.value for state in STATE_AFTER.values()],
                "populations": ["students", "guardians"],
                "closing_days": CLOSING_DELAY.days,
                "provisional_days": settings.PROVISIONAL_DAYS,
            },
        )


def keep_missing(school: School, now: datetime) -> int:
    """Keep every day of the school that is over and not kept yet; how many. In the school's scope."""
    zone = school.zone
    yesterday = now.astimezone(zone).date() - DAY
    held = DailyFigure.objects.filter(school=school, population="students", classroom=None)
    kept = held.filter(day__gt=yesterday - 366 * DAY).values_list("day", flat=True)
    days = missing(kept, born=school.created_at.astimezone(zone).date(), yesterday=yesterday)
    if days:
        keep_days(school, days)
    return len(days)
