"""Whose lines they are: a school is told its own, and never those of another one's pupils and guardians."""

from collections import defaultdict
from collections.abc import Sequence

from django.db import connection

from accounts.actions.feeds.result import FeedResult
from accounts.actions.feeds.staging import Staged
from accounts.feeds.delivery import Delivery
from accounts.feeds.report import Issue, Report, Then
from accounts.feeds.terms import System

OF_PEOPLE = """
    WITH wanted AS (SELECT * FROM unnest(%s::text[], %s::integer[]) AS line (file, line))
    SELECT s.file, s.line, p.uai FROM wanted JOIN feed_student s USING (file, line) JOIN feed_place p ON p.key = s.key
    UNION
    SELECT g.file, g.line, t.uai FROM wanted JOIN feed_guardian g USING (file, line) JOIN feed_tie t
        ON t.guardian_id = g.id
"""


def tell_lines(result: FeedResult, report: Report, staged: Staged, delivery: Delivery) -> None:
    """File the lines of a report with the schools that they are of; where one school is meant, its own alone.

    Lines left out that say no school are told to whoever brought the delivery.
    """
    result.of_schools[staged.only or delivery.uai] += staged.refused
    for line, owners in zip(report.lines, owners_of(report.lines, staged, delivery), strict=True):
        is_left_out = line.then is Then.REJECTED and not owners
        if not staged.only or staged.only in owners or is_left_out:
            result.tell(line, owners or {staged.only})


def owners_of(lines: Sequence[Issue], staged: Staged, delivery: Delivery) -> list[frozenset[str]]:
    """The schools of each line: the one it names, else those of the pupil or the person that it is about.

    Nobody's are lines of people of no school of the delivery; the files of one school are all of that school.
    """
    if delivery.system != System.AAF:
        return [frozenset({staged.only or delivery.uai})] * len(lines)
    found: dict[tuple[str, int], set[str]] = defaultdict(set)
    nameless = [line for line in lines if line.school not in staged.structures]
    with connection.cursor() as cursor:
        cursor.execute(OF_PEOPLE, [[line.file for line in nameless], [line.line for line in nameless]])
        for file, number, uai in cursor.fetchall():
            found[file, number].add(uai)
    return [
        frozenset(
            {staged.structures[line.school].uai} if line.school in staged.structures else found[line.file, line.line]
        )
        for line in lines
    ]
