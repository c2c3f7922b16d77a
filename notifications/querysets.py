"""Questions about many runs."""

from typing import Any, Self

from django.db import models

from accounts.permissions import ActiveMandate, Permission, can


class RunQuerySet(models.QuerySet[Any]):
    def allowing(self, mandate: ActiveMandate | None, permission: Permission) -> Self:
        """The school's runs, or only one's own, as the permission says."""
        if mandate is None or not can(mandate, permission):
            return self.none()
        rows = self.filter(school=mandate.uai)
        return rows if permission is Permission.LIST_SCHOOL_RUNS else rows.filter(requested_by=mandate.staff_id)


class RunItemQuerySet(models.QuerySet[Any]):
    def with_person(self) -> Self:
        """With the pupil and the place in the item's school that documents and tables show."""
        return self.select_related("student")
