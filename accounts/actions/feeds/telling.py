"""What a delivery did, put together for who sent it."""

from django.db import connection

from accounts.actions.feeds.counts import count_up
from accounts.actions.feeds.owners import tell_lines
from accounts.actions.feeds.result import FeedResult, Hindrance, NotApplied
from accounts.actions.feeds.staging import CLEAR, Staged
from accounts.feeds.delivery import Delivery
from accounts.feeds.report import Reason, Report
from accounts.feeds.terms import Kind


def tell(result: FeedResult, staged: Staged, persons: int, report: Report, delivery: Delivery) -> None:
    """Fill `result` with the counts of the delivery, and with the lines that its reading doubted."""
    count_up(result, staged, persons)
    result.relations["dangling"] = sum(
        report.counts[reason] for reason in (Reason.RELATION_DANGLING, Reason.PERSON_ABSENT, Reason.PUPIL_ABSENT)
    )
    result.elsewhere = staged.elsewhere
    tell_lines(result, report, staged, delivery)


def of_a_quiet_day(result: FeedResult, staged: Staged, persons: int, report: Report, delivery: Delivery) -> FeedResult:
    """An académie's changes that touch no school: nothing to do, and no fault. Anything else without a pupil is one."""
    if delivery.kind is Kind.COMPLETE or staged.only or delivery.uai:
        raise NotApplied(Hindrance.NO_STUDENT, detail=staged.only or delivery.uai)
    tell(result, staged, persons, report, delivery)
    with connection.cursor() as cursor:
        cursor.execute(CLEAR)
    return result
