"""Questions about many runs."""

from typing import Any, Self

from django.db import models
from django.utils import timezone

from accounts.permissions import ActiveMandate, Permission, can


class RunQuerySet(models.QuerySet[Any]):
    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """The school's runs, or only one's own, as the permission says."""
        if mandate is None or not can(mandate, permission):
            return self.none()
        rows = self.filter(school=mandate.uai)
        return rows if permission is Permission.LIST_SCHOOL_RUNS else rows.filter(requested_by=mandate.staff_id)


class RunItemQuerySet(models.QuerySet[Any]):
    def readable_by(self, *, staff_id: int, uai: str) -> Self:
        """Those by which this very person gave a provisional password that lives and can still be read."""
        return self.filter(
            school=uai,
            run__requested_by=staff_id,
            run__payload_destroyed_at__isnull=True,
            secret__expires_at__gt=timezone.now(),
        )
