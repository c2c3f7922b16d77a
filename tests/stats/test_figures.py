"""Every figure of Statistiques a second way, in plain Python over the rows, and by following its link."""

import html
import re
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.enums import AccountState, Origin, Population, Role, ShownState
from accounts.facets import RECENT, Facet
from accounts.models import Account, Guardian, Guardianship, Mef, School, Schooling
from accounts.permissions import Permission
from educonnect_admin.toolkit.scope import scope
from stats.counts import Counted, Group, counted
from stats.tables import SMALLEST_TOLD, together
from tests.bench.plans import head_of
from tests.factories import (
    ClassroomFactory,
    GuardianFactory,
    GuardianshipFactory,
    SchoolFactory,
    SchoolingFactory,
    StudentFactory,
)
from tests.pages.reading import words
from tests.visitors import mandated, sign_in

HERE = "0510001Z"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
LEFT_OUT = (ShownState.LEAVING, ShownState.CLOSED)
FIGURE = re.compile(r'<a href="(/[^"]*/(?:eleves|responsables)/(?:\?[^"]*)?)">([\d\u202f\u00a0]+)(?:<| compte)')
LISTED = re.compile(r"sur ([\d ]+) (?:élève|responsable)\(s\)")

moments = st.none() | st.integers(-60, -1).map(lambda days: NOW + timedelta(days=days, seconds=1))
accounts = st.fixed_dictionaries(
    {
        "state": st.sampled_from(AccountState),
        "ends": st.sampled_from([NOW - timedelta(days=1), NOW + timedelta(days=1)]),
        "last_login_at": moments,
        "distributed_on": st.none() | st.just(NOW.date()),
        "closing_on": st.sampled_from([None, None, None, NOW.date()]),
    }
)
guardians = st.fixed_dictionaries(
    {
        "origin": st.sampled_from(["", *Origin.values]),
        "email": st.sampled_from(["", "o.orme@example.org"]),
        "mobile": st.sampled_from(["", "+33639980059"]),
    }
)
places = st.fixed_dictionaries(
    {
        "room": st.sampled_from(["5EME A", "6EME B", ""]),
        "level": st.sampled_from(["6EME", "5EME", ""]),
        "left": st.sampled_from([False, False, False, True]),
    }
)
ties = st.lists(
    st.tuples(st.integers(0, 5), st.integers(0, 5), st.sampled_from(["legal", "legal", "contact", "disputed"]))
)
schools = st.tuples(
    st.lists(st.tuples(accounts, places), max_size=6), st.lists(st.tuples(accounts, guardians), max_size=6), ties
)


def account(factory: Any, told: dict[str, Any], more: dict[str, Any]) -> Any:
    is_notified = told["state"] == AccountState.NOTIFIED
    values = {key: value for key, value in told.items() if key != "ends"}
    if is_notified and more.get("origin") == Origin.FRANCE_CONNECT:
        more = more | {"origin": ""}
    return factory(
        **values,
        **more,
        provisional_hash=b"\x01" + b"h" * 32 if is_notified else None,
        provisional_expires_at=told["ends"] if is_notified else None,
        blocked_reason="motif" if told["state"] == AccountState.BLOCKED else "",
    )


def make_school(drawn: Any) -> School:
    school: School = SchoolFactory(uai=HERE)
    pupils = []
    for told, place in drawn[0]:
        room = ClassroomFactory(school=school, code=place["room"]) if place["room"] else None
        level = (
            Mef.objects.get_or_create(code=f"100{place['level']}", label=place["level"])[0] if place["level"] else None
        )
        left_on = NOW.date() if place["left"] else None
        pupil = account(StudentFactory, told, {})
        SchoolingFactory(school=school, student=pupil, classroom=room, mef=level, left_on=left_on)
        pupils.append(pupil)
    people = [account(GuardianFactory, told, more) for told, more in drawn[1]]
    for pupil, person in {(p, g) for p, g, _ in drawn[2] if p < len(pupils) and g < len(people)}:
        relation = next(r for p, g, r in drawn[2] if (p, g) == (pupil, person))
        said = {"relation": "legal", "disputed_at": NOW} if relation == "disputed" else {"relation": relation}
        GuardianshipFactory(school=school, student=pupils[pupil], guardian=people[person], **said)
    return school


def by_hand(school: School, population: Population) -> tuple[Counter[str], Counter[Facet], Counter[tuple[str, str]]]:
    """States, facets, and states by class and level, of who is there now."""
    states: Counter[str] = Counter()
    facets: Counter[Facet] = Counter()
    grouped: Counter[tuple[str, str]] = Counter()
    for person, held in _people(population):
        shown = person.shown(NOW)
        if shown in LEFT_OUT:
            continue
        states[shown] += 1
        facets.update(_facets(person, population))
        for where in {p.classroom.code if p.classroom else "Sans classe" for p in held} | {
            p.mef.label if p.mef else "Niveau non renseigné" for p in held
        }:
            grouped[where, shown] += 1
    return states, facets, grouped


def _people(population: Population) -> list[tuple[Account, list[Schooling]]]:
    rows = list(Schooling.objects.select_related("student", "classroom", "mef"))
    here = [row for row in rows if row.left_on is None]
    if population is Population.STUDENTS:
        return [(row.student, [row]) for row in rows if row.is_here]
    legal = Guardianship.objects.filter(relation="legal", disputed_at=None).select_related("guardian")
    held: dict[Guardian, list[Schooling]] = {}
    for tie in legal:
        held.setdefault(tie.guardian, []).extend(row for row in here if row.student_id == tie.student_id)
    return [(guardian, children) for guardian, children in held.items() if children]


def _facets(person: Any, population: Population) -> list[Facet]:
    found: list[Facet] = [("connexion", "jamais")] if person.last_login_at is None else []
    if person.last_login_at and person.last_login_at >= NOW - RECENT:
        found.append(("connexion", "recente"))
    found += [("distribution", "oui")] if person.distributed_on else []
    if population is Population.GUARDIANS:
        found.append(("origine", person.origin or "aucune"))
        return found + [
            (name, "sans") for name, value in (("courriel", person.email), ("mobile", person.mobile)) if not value
        ]
    legal = Guardianship.objects.filter(student=person, relation="legal", disputed_at=None)
    active = legal.filter(guardian__state="activated")
    return [*found, ("responsables", str(min(2, active.filter(guardian__closing_on=None).count())))]


@pytest.mark.django_db
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(schools)
def test_figures_are_what_the_rows_say(drawn: Any) -> None:
    with transaction.atomic(), scope(HERE):
        school = make_school(drawn)
        for kind in _figures():
            states, facets, grouped = by_hand(school, kind.population)
            assert kind.states == states
            assert {facet: n for facet, n in kind.facets.items() if n} == facets
            groups = (*kind.classes, *kind.levels)
            assert {(g.label, state): n for g in groups for state, n in g.states.items() if n} == grouped
        transaction.set_rollback(True)


def _figures() -> list[Counted]:
    head = head_of(HERE)
    students = Schooling.objects.allowing(head, Permission.VIEW_STATISTICS)
    return counted(students, Guardianship.objects.allowing(head, Permission.VIEW_STATISTICS), NOW)


def listed(client: Client, url: str) -> int:
    counted = LISTED.search(words(client.get(url)))
    return int(counted.group(1).replace(" ", "")) if counted else 0


@pytest.fixture
def full(db: None) -> Client:
    """The head of a school with accounts of every kind."""
    head = sign_in(mandated(Role.HEAD, SchoolFactory(uai=HERE)), otp=True)
    told = {"ends": timezone.now() + timedelta(days=3), "closing_on": None}
    drawn: tuple[list[Any], list[Any], list[Any]] = ([], [], [])
    for number in range(30):
        state, is_odd = list(AccountState)[number % 6], number % 2 == 1
        login = timezone.now() - timedelta(days=number * 2) if number % 3 else None
        one = told | {"state": state, "last_login_at": login, "distributed_on": NOW.date() if is_odd else None}
        room = {"room": ["5EME A", "6EME B", ""][number % 3], "level": ["6EME", "5EME", ""][number % 4 % 3]}
        drawn[0].append((one, room | {"left": number == 7}))
        origin = ["", *Origin.values][number % 5]
        reach = {"email": "o@example.org" if is_odd else "", "mobile": "+33639980059" if number % 3 else ""}
        drawn[1].append((one, reach | {"origin": origin}))
        drawn[2].extend([(number, number, "legal"), (number, (number + 6) % 30, "legal")])
    with scope(HERE):
        make_school(drawn)
    return head


def test_every_figure_opens_exactly_what_it_counts(full: Client) -> None:
    page = full.get(f"/etablissements/{HERE}/statistiques/").content.decode()
    found = [(html.unescape(url), int(re.sub(r"\s", "", figure))) for url, figure in FIGURE.findall(page)]
    assert len(found) >= 60
    assert {url: listed(full, url) for url, _ in found} == dict(found)


def test_a_limited_list_says_so_and_keeps_its_limit(full: Client) -> None:
    """In its links, its search form and the selection of all its rows."""
    path = f"/etablissements/{HERE}/responsables/?courriel=sans&connexion=jamais"
    page = full.get(path).content.decode()
    assert "Liste limitée aux comptes" in page
    assert "jamais connectés" in page
    assert '<input type="hidden" name="connexion" value="jamais">' in page
    assert '<input type="checkbox" name="courriel" value="sans" checked>' in page
    posted = full.post(f"/etablissements/{HERE}/responsables/recherche/", {"courriel": "sans", "connexion": "x"})
    assert posted["Location"] == f"/etablissements/{HERE}/responsables/?courriel=sans"
    every = full.get(f"/etablissements/{HERE}/eleves/?responsables=2&tout=1").content.decode()
    assert re.search(r'<form class="list".*name="responsables" value="2"', every, re.S)


@pytest.mark.parametrize("limit", ["connexion=demain", "niveau=%00", "origine=x&origine=y", "mobile=avec&mobile=non"])
def test_a_limit_that_does_not_exist_is_told(full: Client, limit: str) -> None:
    response = full.get(f"/etablissements/{HERE}/responsables/?{limit}")
    assert response.status_code == 200
    assert "Un des filtres demandés n" in words(response)


def test_a_teacher_learns_nothing_of_guardians_by_a_limit(full: Client) -> None:
    teacher = sign_in(mandated(Role.SIMPLIFIED, School.objects.get(pk=HERE)))
    here = f"/etablissements/{HERE}/depannage/eleves/"
    assert listed(teacher, f"{here}?responsables=0") == listed(teacher, here) > 0


@given(st.lists(st.integers(1, 12), min_size=1, max_size=12))
def test_small_groups_never_stand_alone(sizes: list[int]) -> None:
    """Together they are enough, whatever is left told: what is missing cannot be had by subtraction."""
    groups = [Group(str(place), ("classe", str(place)), {"activated": size}) for place, size in enumerate(sizes)]
    told = together(groups)
    assert sum(group.total for group in told) == sum(sizes)
    assert len(told) == 1 or min(group.total for group in told) >= SMALLEST_TOLD
