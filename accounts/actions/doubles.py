"""Guardians of a school who are probably one person twice: which, and what the school says of them.

Never by names alone, never silently, never beyond the school at work. Two queries for the pairs, one for what was said.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count

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


def pairs_of(guardians: Any, uai: str) -> list[Pair]:
    """The probable doubles among these accounts, the likeliest first; those said to be distinct are left out."""
    rows = guardians.filter(closing_on__isnull=True).exclude(state=AccountState.CLOSED)
    repeated = rows.order_by().values("sort_key").annotate(n=Count("pk")).filter(n__gt=1).values("sort_key")
    persons = list(rows.filter(sort_key__in=repeated).order_by("sort_key", "pk"))
    if not persons:
        return []
    children = children_of(uai, [person.pk for person in persons])
    said = {(row.one_id, row.two_id): row for row in Double.objects.filter(school=uai).select_related("said_by")}
    namesakes: dict[str, list[Guardian]] = defaultdict(list)
    for person in persons:
        namesakes[person.sort_key].append(person)
    found = [
        _pair(one, two, children, said.get((one.pk, two.pk)))
        for group in namesakes.values()
        for one, two in combinations(group, 2)
    ]
    kept = [pair for pair in found if pair.clues and not (pair.said and pair.said.verdict == DoubleVerdict.DISTINCT)]
    return sorted(kept, key=lambda pair: (-pair.score, pair.one.sort_key))


def children_of(uai: str, guardians: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The pupils of each guardian, by the school's ties in force. One query."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    ties = Guardianship.objects.filter(school=uai, guardian__in=guardians, in_force=True)
    for guardian, student in ties.values_list("guardian", "student"):
        found[guardian].add(student)
    return found


def _pair(one: Guardian, two: Guardian, children: dict[UUID, set[UUID]], said: Double | None) -> Pair:
    clues = clues_of(one, two, (children[one.pk], children[two.pk]))
    return Pair(one, two, clues, score_of(one, two, clues), said)


@transaction.atomic
def judge_double(*, actor: Actor, uai: str, pair: tuple[UUID, UUID], verdict: DoubleVerdict, now: datetime) -> Double:
    """Say for good that they are not one person, or that the family was given what it needs to regroup."""
    one, two = sorted(pair)
    told = {"verdict": verdict, "said_at": now, "said_by_id": actor.staff_id}
    row, _ = Double.objects.update_or_create(school_id=uai, one_id=one, two_id=two, defaults=told)
    record_each(actor=actor, event=Event.DOUBLE_JUDGED, uai=uai, targets=[one, two], detail=verdict.value)
    return row
