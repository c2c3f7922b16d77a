"""Questions about what a school has to settle of its guardians; the third wall as in `querysets`."""

from typing import Any, Self

from django.db import models
from django.db.models import Exists, OuterRef

from accounts.enums import DisputeOutcome
from accounts.permissions import ActiveMandate, Permission, can


class DisputeQuerySet(models.QuerySet[Any]):
    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """Those of the mandate's school; only who sees the whole school sees them."""
        if mandate is None or not can(mandate, permission) or mandate.classrooms is not None:
            return self.none()
        return self.filter(school=mandate.uai)

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
