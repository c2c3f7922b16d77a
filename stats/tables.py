"""The figures as tables, the same for the screen, files and paper: what differs is what becomes of each line."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from accounts.enums import Origin, Population, ShownState
from accounts.facets import Facet
from stats.counts import STATES, Counted, Group, percent

TITLES = {Population.STUDENTS: "Élèves", Population.GUARDIANS: "Responsables"}
SMALLEST_TOLD = 5
"""Accounts of the smallest class that leaves the console by itself (decision 0012)."""

MARKS: dict[Population, tuple[tuple[str, Facet], ...]] = {
    Population.STUDENTS: (
        ("Connectés dans les 30 derniers jours", ("connexion", "recente")),
        ("Jamais connectés", ("connexion", "jamais")),
    ),
    Population.GUARDIANS: (
        ("Connectés dans les 30 derniers jours", ("connexion", "recente")),
        ("Jamais connectés", ("connexion", "jamais")),
        ("Sans courriel", ("courriel", "sans")),
        ("Sans mobile", ("mobile", "sans")),
    ),
}
GUARDIANS_OF_PUPILS = (
    ("Aucun responsable activé", ("responsables", "0")),
    ("Un responsable activé", ("responsables", "1")),
    ("Deux responsables activés ou plus", ("responsables", "2")),
)
ORIGINS = tuple((label, ("origine", value)) for value, label in (*Origin.choices, ("aucune", "Non renseignée")))


@dataclass(frozen=True, slots=True)
class Figure:
    """How many accounts, and what narrows the list to exactly these."""

    label: str
    number: int
    facets: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its figures, and the share that its last column tells, in percents."""

    label: str
    figures: tuple[Figure, ...]
    share: float
    state: ShownState | None = None
    facets: tuple[Facet, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    key: str
    title: str
    head: str
    columns: tuple[str, ...]
    share: str
    lines: tuple[Line, ...]


def rates(counted: Counted) -> tuple[Line, ...]:
    """Activation and distribution, of all accounts but the leaving and the closed."""
    given = counted.facets["distribution", "oui"]
    activated = Figure("activés", counted.activated, (("etat", ShownState.ACTIVATED.value),))
    return (
        Line("Taux d’activation", (activated,), percent(counted.activated, counted.total)),
        Line(
            "Taux de distribution",
            (Figure("avec une date de distribution", given, (("distribution", "oui"),)),),
            percent(given, counted.total),
        ),
    )


def tables(counted: Counted, *, apart: bool = True) -> list[Table]:
    """All tables of one kind of accounts. `apart`: small classes are told; else they are put together."""
    noun = counted.population.label
    own = (
        _marks("responsables", "Par nombre de responsables activés", "Responsables", counted, GUARDIANS_OF_PUPILS)
        if counted.population is Population.STUDENTS
        else _marks("origines", "Par origine du compte", "Origine", counted, ORIGINS)
    )
    states = tuple(
        Line(
            state.label,
            (Figure(noun, number := counted.states.get(state, 0), (("etat", state.value),)),),
            percent(number, counted.total),
            state,
        )
        for state in STATES[counted.population]
    )
    return [
        Table("etats", "Par état du compte", "État du compte", ("Comptes",), "Part", states),
        _marks(
            "connexions",
            "Connexions et coordonnées" if noun == "responsables" else "Connexions",
            "Comptes",
            counted,
            MARKS[counted.population],
        ),
        own,
        _groups("classes", "Par classe", "Classe", counted, counted.classes if apart else together(counted.classes)),
        _groups(
            "niveaux", "Par niveau (MEF)", "Niveau", counted, counted.levels if apart else together(counted.levels)
        ),
    ]


def together(groups: Sequence[Group]) -> list[Group]:
    """The groups, those of fewer than SMALLEST_TOLD accounts as one; with the smallest other, where it is too few.

    What is left out of a table could else be told by subtraction.
    """
    small = [group for group in groups if group.total < SMALLEST_TOLD]
    others = [group for group in groups if group.total >= SMALLEST_TOLD]
    if not small:
        return others
    while sum(group.total for group in small) < SMALLEST_TOLD and others:
        least = min(others, key=lambda group: group.total)
        others.remove(least)
        small.append(least)
    found: Counter[str] = Counter()
    for group in small:
        found.update(group.states)
    return [*others, Group(f"Réunis : {len(small)}, trop petits pour être dits seuls", ("", ""), found)]


def _marks(key: str, title: str, head: str, counted: Counted, marks: Sequence[tuple[str, Facet]]) -> Table:
    lines = tuple(
        Line(
            label,
            (Figure(counted.population.label, number := counted.facets[facet], (facet,)),),
            percent(number, counted.total),
        )
        for label, facet in marks
    )
    return Table(key, title, head, ("Comptes",), "Part", lines)


def _groups(key: str, title: str, head: str, counted: Counted, groups: Sequence[Group]) -> Table:
    states = STATES[counted.population]
    lines = tuple(
        Line(
            group.label,
            (
                Figure(counted.population.label, group.total, (group.facet,)),
                *(
                    Figure(state.label, group.states.get(state, 0), (group.facet, ("etat", state.value)))
                    for state in states
                ),
            ),
            percent(group.states.get(ShownState.ACTIVATED, 0), group.total),
            facets=(group.facet,),
        )
        for group in groups
    )
    columns = (TITLES[counted.population], *(state.label for state in states))
    return Table(key, title, head, columns, "Taux d’activation", lines)
