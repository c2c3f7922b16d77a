"""Whoever holds the simplified module reaches nothing of the full one, by any address that there is."""

import re
from typing import Any
from uuid import UUID

import pytest
from django.urls import URLPattern, reverse

from accounts.permissions import SIMPLIFIED
from accounts.walls import Audience
from tests.access.asking import Asker, patterns
from tests.access.world import Asked, undone
from tests.visitors import HERE

TEACHERS = ("teach", "teachA", "teach0", "simp")
OWN = {"journal", "journal_export"}
"""Of the whole console and not of one module: everyone's own actions."""
PAGES = ("rescue_home", "rescue_students", "runs", "journal")


def of_a_school() -> list[URLPattern]:
    return [pattern for pattern in patterns() if pattern.callback.rule.audience is Audience.MANDATED]


def of_the_full_module() -> list[URLPattern]:
    return [pattern for pattern in of_a_school() if pattern.callback.rule.permission not in SIMPLIFIED]


def path_of(pattern: URLPattern, pupil: UUID) -> str:
    """The address here, on a pupil here where it is on somebody."""
    kinds = {"uai": HERE, "pk": pupil, "other": pupil, "slug": "courriers"}
    wanted = re.findall(r"<(?:(\w+):)?(\w+)>", str(pattern.pattern))
    values: dict[str, Any] = {name: 1 if kind == "int" else kinds.get(name, "x") for kind, name in wanted}
    return reverse(pattern.name, kwargs=values)


@pytest.mark.parametrize("visitor", TEACHERS)
def test_every_address_of_the_full_module_is_closed(asked: Asked, asker: Asker, visitor: str) -> None:
    pupil, answers = asked.world.pupils[0].student_id, {}
    for pattern in of_the_full_module():
        for method in ("GET", "POST", *pattern.callback.rule.methods):
            with undone():
                answer = asker.ask(asked.visitors[visitor], method, path_of(pattern, pupil), {"eleve": [pupil]})
            answers[pattern.name, method] = answer.status_code
    assert len(answers) > 20
    assert {question: status for question, status in answers.items() if status != 403} == {}


def test_what_is_open_is_the_rescue_the_runs_and_ones_own_journal() -> None:
    opened = {pattern.name for pattern in of_a_school()} - {pattern.name for pattern in of_the_full_module()}
    assert {name for name in opened if not name.startswith(("rescue_", "run"))} == OWN


@pytest.mark.parametrize("visitor", TEACHERS)
def test_no_page_of_theirs_leads_there(asked: Asked, asker: Asker, visitor: str) -> None:
    pupil = asked.world.pupils[0].student_id
    closed = {path_of(pattern, pupil) for pattern in of_the_full_module()} - {reverse("students", args=[HERE])}
    pages = [reverse(name, args=[HERE]) for name in PAGES]
    pages += [reverse("run", args=[HERE, run.pk]) for run in (asked.runs[visitor, HERE].done,)]
    for page in pages:
        text = asker.ask(asked.visitors[visitor], "GET", page).content.decode()
        linked = set(re.findall(r'(?:href|action|formaction|hx-get)="([^"?#]*)', text))
        assert not linked & closed, page
        assert not {link for link in linked if link.startswith(f"/etablissements/{HERE}/eleves/")}, page
