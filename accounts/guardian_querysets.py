"""Questions about guardians, chainable; the third wall as in `querysets`."""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from functools import reduce
from operator import or_
from typing import Any, Self

from django.db import models
from django.db.models import Exists, ExpressionWrapper, OuterRef, Q
from django.utils import timezone

from accounts.enums import AccountState, ShownState
from accounts.facets import Facet, by_name, on_guardian, on_level
from accounts.permissions import ActiveMandate, Permission, can
from accounts.querysets import SOON, WORDS_SEARCHED, shown_state_case
from educonnect_admin.toolkit.text import fold, one_wrong_letter

PLACES: Mapping[str, Callable[[str], Q]] = {
    "niveau": lambda value: on_level(value, "student__schoolings__"),
    "affectation": lambda _: Q(student__schoolings__classroom__isnull=True),
}
"""Facets of guardians that are about where their children are."""


def _sees_whole_school(mandate: ActiveMandate, permission: Permission) -> bool:
    return can(mandate, permission) and mandate.classrooms is None


class GuardianshipQuerySet(models.QuerySet[Any]):
    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """The school's ties in force to guardians with an account, for who sees the whole school."""
        if mandate is None or not _sees_whole_school(mandate, permission):
            return self.none()
        return self.filter(school=mandate.uai, in_force=True, guardian__username__isnull=False)

    def with_shown_state(self, now: datetime) -> Self:
        """`shown_state`: the guardian's."""
        return self.annotate(shown_state=shown_state_case("guardian__", now))


class GuardianQuerySet(models.QuerySet[Any]):
    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """The school's guardians, for who sees the whole school."""
        if mandate is None or not _sees_whole_school(mandate, permission):
            return self.none()
        return self.known_to(mandate.uai)

    def known_to(self, uai: str) -> Self:
        """The guardians with an account who have a pupil in the school, or had the last one there."""
        ties = self.model._meta.get_field("guardianships").related_model
        schoolings = ties._meta.get_field("student").related_model._meta.get_field("schoolings").related_model
        of_school = ties.objects.filter(school=uai, in_force=True)
        present = schoolings.objects.filter(school=uai, left_on__isnull=True).values("student")
        # One set of ids, made first: told as two conditions, PostgreSQL reads all guardians of the base.
        has_pupil = of_school.filter(student__in=present).values("guardian")
        is_leaving = of_school.filter(guardian__closing_on__isnull=False).values("guardian")
        return self.filter(pk__in=has_pupil.union(is_leaving), username__isnull=False)

    def with_shown_state(self, now: datetime | None = None) -> Self:
        return self.annotate(shown_state=shown_state_case("", now or timezone.now()))

    def shown_as(self, states: Collection[str]) -> Self:
        """Those in the given shown states; none given means all but the leaving and the closed."""
        if states:
            return self.filter(shown_state__in=states)
        return self.filter(closing_on__isnull=True).exclude(state=AccountState.CLOSED)

    def ending_soon(self, now: datetime) -> Self:
        """Those whose notification ends within 15 days."""
        ends = Q(provisional_expires_at__gte=now, provisional_expires_at__lt=now + SOON)
        return self.filter(ends, shown_state=ShownState.NOTIFIED)

    def with_child(self, place: Q) -> Self:
        """Who have a pupil, now, in such a place: a condition on schoolings, from a guardianship."""
        ties = self.model._meta.get_field("guardianships").related_model
        here = Q(place, student__schoolings__left_on__isnull=True)
        return self.filter(Exists(ties.objects.filter(here, guardian=OuterRef("pk"), in_force=True)))

    def with_child_in(self, classrooms: Collection[Any]) -> Self:
        """Who have a pupil in one of the classes."""
        return self.with_child(Q(student__schoolings__classroom__in=classrooms))

    def narrowed(self, facets: Collection[Facet], now: datetime) -> Self:
        """Those whom every facet describes."""
        rows = self
        for name, values in by_name(facets).items():
            if name in PLACES:
                rows = rows.with_child(reduce(or_, (PLACES[name](value) for value in values)))
            else:
                rows = rows.filter(reduce(or_, (on_guardian(name, value, now) for value in values)))
        return rows

    def matching(self, text: str) -> Self:
        """Whose own name or identifiant, or whose child's, holds every word of `text`, in any order, accents and case
        forgiven, and one wrong letter a word: those have `is_near`.
        """
        words = fold(text).split()[:WORDS_SEARCHED]
        if not words:
            return self
        exact_own, near_own, exact_child, near_child = Q(), Q(), Q(), Q()
        for word in words:
            own = Q(sort_key__contains=word) | Q(username__contains=word)
            child, forgiven = Q(student__schoolings__search_key__contains=word), one_wrong_letter(word)
            exact_own, exact_child = exact_own & own, exact_child & child
            near_own &= own | Q(sort_key__regex=forgiven) if forgiven else own
            near_child &= child | Q(student__schoolings__search_key__regex=forgiven) if forgiven else child
        ties = self.model._meta.get_field("guardianships").related_model.objects
        tie = ties.filter(guardian=OuterRef("pk"), in_force=True)
        is_exact = exact_own | Q(Exists(tie.filter(exact_child)))
        found = self.filter(near_own | Q(Exists(tie.filter(near_child))))
        return found.annotate(is_near=ExpressionWrapper(~is_exact, models.BooleanField()))
