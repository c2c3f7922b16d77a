"""Questions about many rows, chainable. The third wall stands here: `allowing()`.

Without a mandate, or without the permission, a queryset is empty. It never grows back.
"""

import re
from collections.abc import Collection
from datetime import datetime, time, timedelta, tzinfo
from functools import reduce
from operator import or_
from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, Count, Exists, ExpressionWrapper, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.delegation import ENDS_SOON, last_end_of_school_year
from accounts.enums import AccountState, Role, ShownState
from accounts.facets import Facet, by_name, on_student
from accounts.permissions import ActiveMandate, Permission, can
from educonnect_admin.toolkit.text import fold, one_wrong_letter

WORDS_SEARCHED = 6
SOON = timedelta(days=15)
LIKE_AN_INE = re.compile(r"[0-9]{4}[0-9A-Za-z]{7}", re.ASCII)
HERE = Q(left_on__isnull=True) | Q(student__closing_on__isnull=False)
"""Still the school's to look at: there now, or gone and known to no other school until the account closes."""


def shown_state_case(prefix: str, now: datetime) -> Case:
    """`lifecycle.shown_state`, in SQL, on an account reached through `prefix`."""
    is_expired = Q(**{f"{prefix}state": AccountState.NOTIFIED, f"{prefix}provisional_expires_at__lt": now})
    return Case(
        When(**{f"{prefix}state": AccountState.CLOSED}, then=Value(ShownState.CLOSED)),
        When(**{f"{prefix}closing_on__isnull": False}, then=Value(ShownState.LEAVING)),
        When(is_expired, then=Value(ShownState.EXPIRED)),
        default=F(f"{prefix}state"),
        output_field=models.CharField(),
    )


class MandateQuerySet(models.QuerySet[Any]):
    def live(self, now: datetime | None = None) -> Self:
        """Begun, not ended, not revoked, of someone who may still sign in."""
        now = now or timezone.now()
        return self.filter(
            Q(ends_at__isnull=True) | Q(ends_at__gt=now),
            starts_at__lte=now,
            revoked_at__isnull=True,
            staff__is_active=True,
        )

    def ending_soon(self, now: datetime) -> Self:
        """Live, and ending within 30 days."""
        return self.live(now).filter(ends_at__lt=now + ENDS_SOON)

    def unfinished(self, now: datetime | None = None) -> Self:
        """Live or still to begin."""
        ends = Q(ends_at__isnull=True) | Q(ends_at__gt=now or timezone.now())
        return self.filter(ends, revoked_at__isnull=True)

    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """The delegations of the mandate's school: all mandates in it but the heads'."""
        if mandate is None or not can(mandate, permission):
            return self.none()
        return self.filter(school=mandate.uai).exclude(role=Role.HEAD)

    def colleagues(self, mandate: ActiveMandate, permission: Permission) -> Self:
        """The last mandate of everyone who holds or held one in this school: no other directory is open."""
        if not can(mandate, permission):
            return self.none()
        return (
            self.filter(school=mandate.uai).order_by("staff", "-created_at").distinct("staff").select_related("staff")
        )

    def renewable(self, zone: tzinfo, now: datetime) -> Self:
        """Those that ended by themselves with the last school year, and have not been given again."""
        day = last_end_of_school_year(now.astimezone(zone).date())
        midnight = datetime.combine(day, time.min, zone)
        again = self.model.objects.unfinished(now).filter(
            staff=OuterRef("staff"), school=OuterRef("school"), role=OuterRef("role")
        )
        ended = self.filter(ends_at__gte=midnight, ends_at__lt=midnight + timedelta(days=1), revoked_at__isnull=True)
        return ended.filter(~Exists(again), staff__is_active=True)

    def last_of(self, staff_id: int) -> Any:
        """The mandate last given to this person, live or not."""
        return self.filter(staff=staff_id).select_related("school", "given_by").order_by("-created_at").first()

    def for_current(self) -> Self:
        """With all that `ActiveMandate` is made of, in one query."""
        return self.select_related("school").annotate(
            codenames=models.expressions.RawSQL(
                "SELECT coalesce(array_agg(p.codename), '{}') FROM auth_group_permissions g"
                " JOIN auth_permission p ON p.id = g.permission_id WHERE g.group_id = mandate.group_id",
                [],
                output_field=ArrayField(models.TextField()),
            )
        )


class JournalQuerySet(models.QuerySet[Any]):
    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """The school's entries; with the right to one's own only, what this person did there."""
        if mandate is None or not can(mandate, permission):
            return self.none()
        rows = self.filter(uai=mandate.uai)
        return rows if permission is Permission.READ_SCHOOL_JOURNAL else rows.filter(staff_id=mandate.staff_id)

    def between(self, uai: str, since: datetime | None, until: datetime | None) -> Self:
        """Written in this school from one moment to before another.

        Time and number grow together: each end is looked up once, and a page of what is between found by number.
        """
        rows, of_school = self, self.model.objects.filter(uai=uai)
        if since is not None:
            first = of_school.filter(at__gte=since).order_by("at").values("sequence")[:1]
            rows = rows.filter(sequence__gte=Subquery(first))
        if until is not None:
            last = of_school.filter(at__lt=until).order_by("-at").values("sequence")[:1]
            rows = rows.filter(sequence__lte=Subquery(last))
        return rows


class FeedQuerySet(models.QuerySet[Any]):
    """Deliveries as one school took them."""

    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """Those of the mandate's school; only who sees the whole school sees them."""
        if mandate is None or not can(mandate, permission) or mandate.classrooms is not None:
            return self.none()
        return self.filter(school=mandate.uai)

    def last_day(self, uai: str, system: str, academy: int) -> Any:
        """The day of the last delivery of this base that the school took, and has not taken back."""
        known = self.filter(school=uai, system=system, academy_code=academy, state="applied")
        return known.aggregate(last=models.Max("day"))["last"]


class SchoolingQuerySet(models.QuerySet[Any]):
    """Pupils as a school sees them: what lists are made of."""

    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """The pupils that this mandate may do this to."""
        if mandate is None or not can(mandate, permission):
            return self.none()
        rows = self.filter(HERE, school=mandate.uai)
        return rows if mandate.classrooms is None else rows.filter(classroom__in=mandate.classrooms)

    def with_shown_state(self, now: datetime | None = None) -> Self:
        return self.annotate(shown_state=shown_state_case("student__", now or timezone.now()))

    def shown_as(self, states: Collection[str]) -> Self:
        """Those in the given shown states; none given means all but the leaving and the closed."""
        if states:
            return self.filter(shown_state__in=states)
        return self.filter(student__closing_on__isnull=True).exclude(student__state=AccountState.CLOSED)

    def with_activated_guardians(self) -> Self:
        """`activated_guardians`: how many guardians of the pupil, by ties in force, have activated their account."""
        guardian = {"guardian__state": AccountState.ACTIVATED, "guardian__closing_on__isnull": True}
        schoolings = self.model.student.field.related_model
        ties = schoolings._meta.get_field("guardianships").related_model.objects
        active = ties.filter(student=OuterRef("student"), school=OuterRef("school"), in_force=True, **guardian)
        counted = active.order_by().values("student").annotate(n=Count("pk")).values("n")
        return self.annotate(activated_guardians=Coalesce(Subquery(counted), 0))

    def narrowed(self, facets: Collection[Facet], now: datetime) -> Self:
        """Those whom every facet describes."""
        rows = self.with_activated_guardians() if any(name == "responsables" for name, _ in facets) else self
        for name, values in by_name(facets).items():
            rows = rows.filter(reduce(or_, (on_student(name, value, now) for value in values)))
        return rows

    def ending_soon(self, now: datetime) -> Self:
        """Those whose notification ends within 15 days."""
        return self.filter(
            shown_state=ShownState.NOTIFIED,
            student__provisional_expires_at__gte=now,
            student__provisional_expires_at__lt=now + SOON,
        )

    def matching(self, text: str, *, by_ine: bool = False) -> Self:
        """Whose name or identifiant holds every word of `text`, in any order, accents and case forgiven, and one wrong
        letter a word: those have `is_near`.

        `by_ine`: or whose INE it is, for those who may see it. Only what looks like one is compared: the pupils would
        have to be read as well as their places. Similarity is weighed on the rows that the school's index gives;
        trigrams would have an index of their own, which row-level security does not let PostgreSQL use.
        """
        words = fold(text).split()[:WORDS_SEARCHED]
        if not words:
            return self
        exact, near = Q(), Q()
        for word in words:
            held, forgiven = Q(search_key__contains=word), one_wrong_letter(word)
            exact &= held
            near &= held | Q(search_key__regex=forgiven) if forgiven else held
        if by_ine and LIKE_AN_INE.fullmatch(text.strip()):
            is_ine = Q(student__ine=text.strip().upper())
            exact, near = exact | is_ine, near | is_ine
        return self.filter(near).annotate(is_near=ExpressionWrapper(~exact, models.BooleanField()))

    def with_homonyms(self) -> Self:
        """`has_homonyms`: whether another pupil of the school has the same folded name."""
        same = self.model.objects.filter(school=OuterRef("school"), sort_key=OuterRef("sort_key"))
        return self.annotate(has_homonyms=Exists(same.exclude(pk=OuterRef("pk"))))


class StudentQuerySet(models.QuerySet[Any]):
    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """The pupils' accounts that this mandate may do this to."""
        if mandate is None or not can(mandate, permission):
            return self.none()
        place = Q(HERE, school=mandate.uai, student=OuterRef("pk"))
        if mandate.classrooms is not None:
            place &= Q(classroom__in=mandate.classrooms)
        schoolings = self.model._meta.get_field("schoolings").related_model
        return self.filter(Exists(schoolings.objects.filter(place)))
