"""Guardians of a school who are probably one person twice: which, and what the school says of them.

Never by names alone, never silently, never beyond the school at work. Four queries, however many pairs.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.actions.journal import Actor, Event, record_each
from accounts.enums import AccountState, Clue, DoubleVerdict
from accounts.models import Double, Guardian, Guardianship
from accounts.settling import clues_of, score_of


@dataclass(frozen=True, slots=True)
class Pair:
    """Two accounts, the smaller id first; `children` those of each, by ties in force. `said`: what the school said."""

    one: Guardian
    two: Guardian
    clues: tuple[Clue, ...]
    score: int
    said: Double | None = None

    @property
    def is_to_settle(self) -> bool:
        """Whether it waits for the school: what was handed to the family waits for the family, and stays listed."""
        return self.said is None


@dataclass(slots=True, order=True)
class Namesake:
    """What is compared of a guardian who is not the only one of that name."""

    pk: UUID
    sort_key: str
    email: str
    mobile: str
    address: str
    title: str


Found = dict[tuple[UUID, UUID], tuple[tuple[Clue, ...], int]]
"""By the ids of a pair: what the two share, and the score."""

Said = dict[tuple[UUID, UUID], Double]


def pairs_of(guardians: Any, uai: str) -> list[Pair]:
    """The probable doubles among these accounts, the likeliest first; those said to be distinct are left out."""
    found, said = _found(guardians, uai)
    # Read by their ids alone: they are known to the school, or they would not have been found.
    persons = guardians.model._default_manager.with_shown_state().in_bulk({pk for pair in found for pk in pair})
    pairs = [
        Pair(persons[one], persons[two], clues, score, said.get((one, two)))
        for (one, two), (clues, score) in found.items()
    ]
    return sorted(pairs, key=lambda pair: (-pair.score, pair.one.sort_key))


def count_to_settle(guardians: Any, uai: str) -> int:
    """How many pairs wait for the school: as `pairs_of`, without reading who they are."""
    found, said = _found(guardians, uai)
    return sum(pair not in said for pair in found)


def _found(guardians: Any, uai: str) -> tuple[Found, Said]:
    """The pairs that were not said to be distinct; and what was said of any."""
    groups = _namesakes(guardians.filter(closing_on__isnull=True).exclude(state=AccountState.CLOSED).order_by())
    if not groups:
        return {}, {}
    children = children_of(uai, [person.pk for group in groups for person in group])
    told = Double.objects.filter(school=uai).select_related("said_by")
    said = {(row.one_id, row.two_id): row for row in told}
    distinct = {pair for pair, row in said.items() if row.verdict == DoubleVerdict.DISTINCT}
    found: Found = {}
    for group in groups:
        for one, two in combinations(group, 2):
            clues = clues_of(one, two, (children[one.pk], children[two.pk]))
            if clues and (one.pk, two.pk) not in distinct:
                found[one.pk, two.pk] = (clues, score_of(one, two, clues))
    return found, said


def _namesakes(rows: Any) -> list[list[Namesake]]:
    """Those who share a name, together, by id. Found here: PostgreSQL would read the school again for each name."""
    groups: dict[str, list[Namesake]] = defaultdict(list)
    for row in rows.values_list(*(field.name for field in fields(Namesake))):
        groups[row[1]].append(Namesake(*row))
    return [sorted(groups[name]) for name in sorted(groups) if len(groups[name]) > 1]


def children_of(uai: str, guardians: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The pupils of each guardian, by the school's ties in force. One query."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    ties = Guardianship.objects.filter(school=uai, guardian__in=guardians, in_force=True)
    for guardian, student in ties.values_list("guardian", "student"):
        found[guardian].add(student)
    return found


@transaction.atomic
def judge_double(*, actor: Actor, uai: str, pair: tuple[UUID, UUID], verdict: DoubleVerdict, now: datetime) -> Double:
    """Say for good that they are not one person, or that the family was given what it needs to regroup."""
    one, two = sorted(pair)
    told = {"verdict": verdict, "said_at": now, "said_by_id": actor.staff_id}
    row, _ = Double.objects.update_or_create(school_id=uai, one_id=one, two_id=two, defaults=told)
    record_each(actor=actor, event=Event.DOUBLE_JUDGED, uai=uai, targets=[one, two], detail=verdict.value)
    return row
