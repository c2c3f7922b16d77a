"""Figures of a school, live. Set-based; aggregates only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q, QuerySet

from accounts.enums import AccountState, ShownState
from accounts.models import Schooling

PRESENT = tuple(state for state in ShownState if state not in (ShownState.LEAVING, ShownState.CLOSED))


@dataclass(frozen=True, slots=True)
class StateCount:
    """How many accounts are shown in a state, of how many."""

    state: ShownState
    number: int
    total: int

    @property
    def share(self) -> float:
        """Percents of the total, to one decimal; 0 of nothing."""
        return percent(self.number, self.total)


def percent(part: int, whole: int) -> float:
    """
    >>> percent(1, 3), percent(0, 0)
    (33.3, 0.0)
    """
    return round(100 * part / whole, 1) if whole else 0.0


def by_state(rows: QuerySet[Any], states: Sequence[ShownState] = PRESENT) -> list[StateCount]:
    """Accounts by shown state; `rows` have been given their `shown_state`. One query."""
    counted = dict(rows.order_by().values_list("shown_state").annotate(n=Count("pk")).values_list("shown_state", "n"))
    total = sum(counted.get(state.value, 0) for state in states)
    return [StateCount(state, counted.get(state.value, 0), total) for state in states]


def activation_by_class(rows: QuerySet[Schooling]) -> Sequence[Mapping[str, Any]]:
    """Each class with its pupils, and those activated; the pupils without class last."""
    counted = (
        rows.order_by()
        .values("classroom", "classroom__code", "classroom__sort_key")
        .annotate(
            total=Count("pk"),
            activated=Count("pk", filter=Q(student__state=AccountState.ACTIVATED)),
        )
    )
    return sorted(counted, key=lambda row: (row["classroom"] is None, row["classroom__sort_key"] or ""))
