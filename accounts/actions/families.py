"""The families of guardians, as one school may see them: its own pupils by name, those of others as a number."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from accounts.models import Guardianship

COLUMNS = {
    "guardian": "guardian_id",
    "id": "student_id",
    "first_name": "student__first_name",
    "last_name": "student__last_name",
    "username": "student__username",
    "classroom": "student__schoolings__classroom__code",
    "classroom_id": "student__schoolings__classroom",
    "room_key": "student__schoolings__classroom__sort_key",
    "sort_key": "student__schoolings__sort_key",
}


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil of the school whom a guardian has by a tie in force. No birth date: guardians' pages show none."""

    id: UUID
    first_name: str
    last_name: str
    username: str
    classroom: str
    classroom_id: UUID | None
    room_key: str
    sort_key: str

    @property
    def name(self) -> str:
        """As lists show it."""
        return f"{self.last_name} {self.first_name}"

    @property
    def place(self) -> tuple[bool, str, str]:
        """Where a sheet that is filed with this pupil stands: by class in natural order, without a class last."""
        return (self.classroom_id is None, self.room_key, self.sort_key)


def children_here(uai: str, guardians: Collection[UUID]) -> dict[UUID, list[Child]]:
    """The pupils of the school of each guardian, the youngest first, of unknown age last. One query."""
    ties = Guardianship.objects.filter(
        school=uai,
        guardian__in=guardians,
        in_force=True,
        student__schoolings__school=uai,
        student__schoolings__left_on__isnull=True,
    )
    youngest = F("student__birth_date").desc(nulls_last=True)
    rows = ties.order_by(youngest, "student__schoolings__sort_key", "student").values_list(*COLUMNS.values())
    found: dict[UUID, list[Child]] = defaultdict(list)
    for row in rows:
        told: dict[str, Any] = dict(zip(COLUMNS, row, strict=True))
        told |= {name: told[name] or "" for name in ("classroom", "room_key")}
        found[told.pop("guardian")].append(Child(**told))
    return found


def youngest_meant(uai: str, guardians: Collection[UUID], classrooms: Collection[UUID] = ()) -> dict[UUID, UUID | None]:
    """The child whom a letter to each guardian is filed with: the youngest, of these classes if some are named."""
    found = children_here(uai, guardians)
    filed: dict[UUID, UUID | None] = {}
    for guardian in guardians:
        children = found[guardian]
        meant = [child for child in children if not classrooms or child.classroom_id in classrooms] or children
        filed[guardian] = meant[0].id if meant else None
    return filed


def children_elsewhere(guardians: Collection[UUID]) -> dict[UUID, int]:
    """How many children of each guardian other schools have, and the one in scope has not. One query."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT guardian_id, number FROM children_elsewhere(%s)", [list(guardians)])
        return dict(cursor.fetchall())
