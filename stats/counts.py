"""Figures of a school, live. Set-based; aggregates only: each with what narrows a list to the accounts it counts."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Any, TypeAlias
from uuid import UUID

from django.db.models import BooleanField, Count, ExpressionWrapper, Q

from accounts.enums import Population, ShownState
from accounts.facets import NO_LEVEL, Facet, on_guardian, on_student

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


Room: TypeAlias = tuple[Any, str | None, str | None]
"""A class's id, its code, its key for sorting; of who is in none, None thrice."""
Level: TypeAlias = tuple[str | None, str | None]
Told: TypeAlias = tuple[Any, ...]
"""A shown state, then whether each of the account's conditions describes it."""
Pupil: TypeAlias = tuple[Room, Level, Told]
Parent: TypeAlias = tuple[Told, list[UUID]]
"""A guardian with an account, and which pupils."""


def counted(students: Any, ties: Any, now: datetime) -> list[Counted]:
    """Figures of the pupils, then of their guardians, whom the mandate opens. Two queries; a row a pupil and a tie.

    Counted here and not by the base: each row is then read once, by an index on the school, where an aggregate a table
    made the planner read all guardians of the base.
    """
    pupils = _pupils(students, now)
    parents = list(_parents(ties, pupils, now).values())
    return [_students(pupils, parents), _guardians(pupils, parents)]


def _pupils(students: Any, now: datetime) -> dict[UUID, Pupil]:
    """The pupils who are there now, whatever the state of their account."""
    flags = _flags({facet: on_student(*facet, now) for facet in COMMON})
    rows = students.filter(left_on__isnull=True).with_shown_state(now).annotate(**flags).order_by()
    columns = ("student", "classroom", "classroom__code", "classroom__sort_key", "mef", "mef__label")
    return {row[0]: (row[1:4], row[4:6], row[6:]) for row in rows.values_list(*columns, "shown_state", *flags)}


def _parents(ties: Any, pupils: Container[UUID], now: datetime) -> dict[UUID, Parent]:
    flags = _flags({facet: on_guardian(*facet, now, "guardian__") for facet in CONDITIONS[Population.GUARDIANS]})
    rows = ties.with_shown_state(now).annotate(**flags).order_by()
    found: dict[UUID, Parent] = {}
    for pupil, guardian, *told in rows.values_list("student", "guardian", "shown_state", *flags):
        if pupil in pupils and told[0] in PRESENT:
            found.setdefault(guardian, (tuple(told), []))[1].append(pupil)
    return found


def _flags(conditions: Mapping[Facet, Q]) -> dict[str, Any]:
    wrapped = (ExpressionWrapper(condition, BooleanField()) for condition in conditions.values())
    return {f"is{place}": flag for place, flag in enumerate(wrapped)}


def _students(pupils: Mapping[UUID, Pupil], parents: Sequence[Parent]) -> Counted:
    present = {pk: pupil for pk, pupil in pupils.items() if pupil[2][0] in PRESENT}
    activated = Counter(pk for told, held in parents if told[0] == ShownState.ACTIVATED for pk in held)
    by_guardians = Counter(str(min(activated[pk], 2)) for pk in present)
    facets = _described((told for _, _, told in present.values()), COMMON)
    return Counted(
        population=Population.STUDENTS,
        states=Counter(told[0] for _, _, told in present.values()),
        facets=facets | {("responsables", number): by_guardians[number] for _, number in BY_GUARDIANS},
        classes=_classes((room, told[0]) for room, _, told in present.values()),
        levels=_levels((level, told[0]) for _, level, told in present.values()),
    )


def _guardians(pupils: Mapping[UUID, Pupil], parents: Sequence[Parent]) -> Counted:
    """One with children in two classes counts in both, once in all."""
    return Counted(
        population=Population.GUARDIANS,
        states=Counter(told[0] for told, _ in parents),
        facets=_described((told for told, _ in parents), CONDITIONS[Population.GUARDIANS]),
        classes=_classes((room, told[0]) for told, held in parents for room in {pupils[pk][0] for pk in held}),
        levels=_levels((level, told[0]) for told, held in parents for level in {pupils[pk][1] for pk in held}),
    )


def by_state(rows: Any) -> dict[str, int]:
    """Accounts by shown state; `rows` have been given their `shown_state`. One query."""
    return dict(rows.order_by().values_list("shown_state").annotate(n=Count("pk")))


def _described(told: Iterable[Told], facets: Sequence[Facet]) -> dict[Facet, int]:
    """How many accounts each of the facets describes; each told as its flags, in the same order, after its state."""
    found = dict.fromkeys(facets, 0)
    for (_, *flags), number in Counter(told).items():
        for facet, describes in zip(facets, flags, strict=True):
            found[facet] += number if describes else 0
    return found


def _classes(places: Iterable[tuple[Room, str]]) -> list[Group]:
    """In natural order, what is in no class last."""
    return _groups(
        ((pk is None, key or ""), code or NO_CLASS, _class_facet(pk), state, number)
        for ((pk, code, key), state), number in Counter(places).items()
    )


def _levels(places: Iterable[tuple[Level, str]]) -> list[Group]:
    """By their labels, what has none last."""
    return _groups(
        ((pk is None, label or ""), label or NO_LEVEL_LABEL, ("niveau", pk or NO_LEVEL), state, number)
        for ((pk, label), state), number in Counter(places).items()
    )


def _class_facet(pk: Any) -> Facet:
    return ("classe", str(pk)) if pk else ("affectation", "sans")


def _groups(rows: Iterable[tuple[Any, str, Facet, str, int]]) -> list[Group]:
    states: dict[tuple[Any, str, Facet], Counter[str]] = defaultdict(Counter)
    for order, label, facet, state, number in rows:
        states[order, label, facet][state] += number
    return [Group(label, facet, counted) for (_, label, facet), counted in sorted(states.items(), key=itemgetter(0))]
