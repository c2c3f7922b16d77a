"""The sheets of a run over guardians: one a guardian, filed with a child, the others named."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from accounts.actions.families import Child, children_here
from accounts.models import Guardian
from accounts.permissions import ActiveMandate, Permission
from notifications.models import Run, RunItem


@dataclass(frozen=True, slots=True)
class Filing:
    """A guardian of a run, with the children whom the letter names: the first is the one it is filed with."""

    item: RunItem
    children: Sequence[Child]

    @property
    def classroom_id(self) -> UUID | None:
        return self.children[0].classroom_id


def filings(run: Run, items: Sequence[RunItem], classroom: UUID | None = None) -> list[Filing]:
    """The sheets of these items of guardians, in their order. One query.

    A guardian without a child here, or none by a tie in force, gets no sheet. A child who was meant and has left
    since gives way to the youngest.
    """
    found = children_here(run.school_id, [item.account_id for item in items])
    filed = []
    for item in items:
        children = sorted(found[item.account_id], key=lambda child: child.id != item.filed_with)
        if children and classroom in (None, children[0].classroom_id):
            filed.append(Filing(item, children))
    return sorted(filed, key=lambda each: (each.children[0].place, str(each.item.account_id)))


def opened(mandate: ActiveMandate, run: Run) -> dict[str, Any]:
    """The condition on the items of a run that are of guardians whom the mandate opens now."""
    known = Guardian.objects.allowing(mandate, Permission.NOTIFY_GUARDIANS)
    return {"guardian__in": known.filter(run_items__run=run).values("pk")}
