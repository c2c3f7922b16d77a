"""Figures of a school, live. Set-based; aggregates only: each with what narrows a list to the accounts it counts."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Q, QuerySet

from accounts.enums import Population, ShownState
from accounts.facets import NO_LEVEL, Facet, on_guardian, on_student

Key = TypeVar("Key", bound=Hashable)

NO_CLASS = "Sans classe"
NO_LEVEL_LABEL = "Niveau non renseigné"
PRESENT = tuple(state for state in ShownState if state not in (ShownState.LEAVING, ShownState.CLOSED))
STATES: Mapping[Population, tuple[ShownState, ...]] = {
    Population.STUDENTS: tuple(state for state in PRESENT if state is not ShownState.ACTIVATING),
    Population.GUARDIANS: PRESENT,
}
"""The states that an account of each kind can be shown in: only guardians have an e-mail to confirm."""

COMMON: tuple[Facet, ...] = (
    ("distribution", "oui"),
    ("connexion", "recente"),
    ("connexion", "jamais"),
)
BY_GUARDIANS: tuple[Facet, ...] = tuple(("responsables", number) for number in "012")
CONDITIONS: Mapping[Population, tuple[Facet, ...]] = {
    Population.STUDENTS: (*COMMON, *BY_GUARDIANS),
    Population.GUARDIANS: (
        *COMMON,
        ("courriel", "sans"),
        ("mobile", "sans"),
        *(("origine", origin) for origin in ("notification", "self_service", "france_connect", "aten", "aucune")),
    ),
}


@dataclass(frozen=True, slots=True)
class Group:
    """The accounts of a class or of a level, by shown state. `facet` narrows a list to them."""

    label: str
    facet: Facet
    states: Mapping[str, int]

    @property
    def total(self) -> int:
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class Counted:
    """All figures of one kind of accounts. The leaving and the closed are in none of them."""

    population: Population
    states: Mapping[str, int]
    facets: Mapping[Facet, int]
    classes: Sequence[Group]
    levels: Sequence[Group]

    @property
    def total(self) -> int:
        return sum(self.states.values())

    @property
    def activated(self) -> int:
        return self.states.get(ShownState.ACTIVATED, 0)


def percent(part: int, whole: int) -> float:
    """
    >>> percent(1, 3), percent(0, 0)
    (33.3, 0.0)
    """
    return round(100 * part / whole, 1) if whole else 0.0


def count_students(rows: Any, now: datetime) -> Counted:
    """Figures of the pupils of `rows`, which the mandate opens. Three queries."""
    present = rows.with_shown_state(now).shown_as(())
    conditions = {facet: on_student(*facet, now) for facet in COMMON}
    places = present.order_by().values_list(
        "classroom", "classroom__code", "classroom__sort_key", "mef", "mef__label", "shown_state"
    )
    grouped = list(places.annotate(n=Count("pk")))
    return Counted(
        population=Population.STUDENTS,
        states=_summed((state, n) for *_, state, n in grouped),
        facets=_counted(present, conditions) | _by_guardians(present),
        classes=_classes([(*place[:3], state, n) for *place, state, n in grouped]),
        levels=_levels([(*place[3:], state, n) for *place, state, n in grouped]),
    )


def count_guardians(rows: Any, uai: str, now: datetime) -> Counted:
    """Figures of the guardians of `rows`: one with children in two classes counts in both, once in all. 3 queries."""
    present = rows.with_shown_state(now).shown_as(())
    states = {state: Q(shown_state=state) for state in STATES[Population.GUARDIANS]}
    facets = {facet: on_guardian(*facet, now) for facet in CONDITIONS[Population.GUARDIANS]}
    counted: dict[Any, int] = _counted(present, {**states, **facets})
    child = "guardianships__student__schoolings"
    tied = present.order_by().filter(
        **{
            "guardianships__school": uai,
            "guardianships__in_force": True,
            f"{child}__school": uai,
            f"{child}__left_on__isnull": True,
        }
    )
    room, level = f"{child}__classroom", f"{child}__mef"
    people = Count("pk", distinct=True)
    rooms = tied.values_list(room, f"{room}__code", f"{room}__sort_key", "shown_state").annotate(n=people)
    levels = tied.values_list(level, f"{level}__label", "shown_state").annotate(n=people)
    return Counted(
        population=Population.GUARDIANS,
        states={state: counted[state] for state in states if counted[state]},
        facets={facet: counted[facet] for facet in facets},
        classes=_classes(list(rooms)),
        levels=_levels(list(levels)),
    )


def by_state(rows: Any) -> dict[str, int]:
    """Accounts by shown state; `rows` have been given their `shown_state`. One query."""
    return dict(rows.order_by().values_list("shown_state").annotate(n=Count("pk")))


def _counted(rows: QuerySet[Any], conditions: Mapping[Key, Q]) -> dict[Key, int]:
    """How many rows each condition describes. One query."""
    counts = {f"n{place}": Count("pk", filter=condition) for place, condition in enumerate(conditions.values())}
    return dict(zip(conditions, rows.order_by().aggregate(**counts).values(), strict=True))


def _by_guardians(rows: Any) -> dict[Facet, int]:
    """Pupils by their activated guardians, two and more together: grouped, so that each pupil's are counted once."""
    found = dict.fromkeys(BY_GUARDIANS, 0)
    counted = rows.with_activated_guardians().order_by().values_list("activated_guardians").annotate(n=Count("pk"))
    for guardians, number in counted:
        found["responsables", str(min(guardians, 2))] += number
    return found


def _summed(pairs: Iterable[tuple[str, int]]) -> dict[str, int]:
    found: Counter[str] = Counter()
    for state, number in pairs:
        found[state] += number
    return dict(found)


def _classes(rows: Sequence[tuple[Any, ...]]) -> list[Group]:
    """In natural order, what is in no class last."""
    return _groups(
        [((pk is None, key or ""), code or NO_CLASS, _class_facet(pk), state, n) for pk, code, key, state, n in rows]
    )


def _levels(rows: Sequence[tuple[Any, ...]]) -> list[Group]:
    """By their labels, what has none last."""
    return _groups(
        [
            ((pk is None, label or ""), label or NO_LEVEL_LABEL, ("niveau", pk or NO_LEVEL), state, n)
            for pk, label, state, n in rows
        ]
    )


def _class_facet(pk: Any) -> Facet:
    return ("classe", str(pk)) if pk else ("affectation", "sans")


def _groups(rows: Sequence[tuple[Any, str, Facet, str, int]]) -> list[Group]:
    states: dict[tuple[Any, str, Facet], list[tuple[str, int]]] = defaultdict(list)
    for order, label, facet, state, number in rows:
        states[order, label, facet].append((state, number))
    return [Group(label, facet, _summed(pairs)) for (_, label, facet), pairs in sorted(states.items())]
