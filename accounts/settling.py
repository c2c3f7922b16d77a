"""Questions about what a school has to settle of its guardians; the third wall as in `querysets`.

And what makes two guardians of one name likely to be one person: never the name alone.
"""

from collections.abc import Collection, Mapping
from typing import Any, Protocol, Self

from django.db import models
from django.db.models import Exists, OuterRef

from accounts.enums import Clue, DisputeOutcome
from accounts.permissions import ActiveMandate, Permission, can

WEIGHTS: Mapping[Clue, int] = {Clue.CHILD: 3, Clue.EMAIL: 2, Clue.MOBILE: 2, Clue.ADDRESS: 1}
ENOUGH = frozenset({Clue.CHILD, Clue.EMAIL, Clue.MOBILE})
"""Any of these makes a pair; an address only adds to one: neighbours and grandparents share it."""
OTHER_TITLE = 2
"""What a different civility takes away: a father and a mother seldom share a first name."""


class Person(Protocol):
    """What is compared of a guardian."""

    sort_key: str
    email: str
    mobile: str
    address: str
    title: str


def clues_of(one: Person, two: Person, children: tuple[Collection[Any], Collection[Any]]) -> tuple[Clue, ...]:
    """What the two share, the weightiest first; nothing where their names differ, or nothing but a name is shared.

    `children`: those of each, by ties in force.
    """
    if one.sort_key != two.sort_key:
        return ()
    shared = {
        Clue.CHILD: bool(set(children[0]) & set(children[1])),
        Clue.EMAIL: one.email != "" and one.email.lower() == two.email.lower(),
        Clue.MOBILE: one.mobile != "" and one.mobile == two.mobile,
        Clue.ADDRESS: one.address != "" and one.address.lower() == two.address.lower(),
    }
    found = tuple(clue for clue in WEIGHTS if shared[clue])
    return found if ENOUGH & set(found) else ()


def score_of(one: Person, two: Person, clues: Collection[Clue]) -> int:
    """How likely the two are one: the sum of the clues, less where their civilities differ."""
    differs = one.title != "" != two.title and one.title != two.title
    return sum(WEIGHTS[clue] for clue in clues) - OTHER_TITLE * differs


class OfSchool(models.QuerySet[Any]):
    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """Those of the mandate's school; only who sees the whole school sees them."""
        if mandate is None or not can(mandate, permission) or mandate.classrooms is not None:
            return self.none()
        return self.filter(school=mandate.uai)


class DoubleQuerySet(OfSchool):
    pass


class MergeQuerySet(OfSchool):
    def in_force(self) -> Self:
        return self.filter(undone_at__isnull=True)


class DisputeQuerySet(OfSchool):
    def with_tie(self) -> Self:
        """`is_listed`: whether the source still has the tie."""
        ties = self.model._meta.get_field("guardian").related_model._meta.get_field("guardianships").related_model
        same = {name: OuterRef(name) for name in ("school", "student", "guardian")}
        return self.annotate(is_listed=Exists(ties.objects.filter(**same)))

    def to_settle(self) -> Self:
        """What waits for the school's word: a tie that a feed has taken away meanwhile waits for nobody."""
        return self.with_tie().filter(outcome="", is_listed=True)

    def still_listed(self) -> Self:
        """Ended by the school, and still in the source: suspended until a feed takes the tie away."""
        return self.with_tie().filter(outcome=DisputeOutcome.CORRECTED, is_listed=True)

    def over(self) -> Self:
        """Settled and done with, or taken away by a feed before anybody settled it."""
        return self.with_tie().filter(models.Q(outcome=DisputeOutcome.RIGHT) | models.Q(is_listed=False))
