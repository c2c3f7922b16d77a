"""What came of a run: each account's outcome, by counts and in pages, and what was refused and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import Count, F
from django.http import QueryDict
from django.urls import reverse

from accounts.forms.lists import PER_PAGE
from accounts.lifecycle import LEFT_OUT, REFUSED, Outcome
from accounts.models import Schooling
from accounts.permissions import ActiveMandate, Permission, can
from accounts.views.lists import badge, pages
from educonnect_admin.toolkit.pagination import SIZES, paginate, whole_number
from notifications.models import Run


@dataclass(frozen=True, slots=True)
class Group:
    """Outcomes that are told as one: their key in the address, their words for one account and for several."""

    key: str
    one: str
    several: str
    outcomes: frozenset[Outcome]

    def label(self, figure: int) -> str:
        return self.several if figure > 1 else self.one


GROUPS = (
    Group("notifies", "notifié", "notifiés", frozenset({Outcome.NOTIFIED})),
    Group("renotifies", "renotifié", "renotifiés", frozenset({Outcome.RENOTIFIED})),
    Group("laisses", "laissé de côté", "laissés de côté", LEFT_OUT),
    Group("refuses", "refusé", "refusés", REFUSED),
    Group("non-traites", "non traité", "non traités", frozenset({Outcome.PENDING})),
)

NOT_TREATED = "Non traité\u00a0: l’opération s’est arrêtée avant. Ce compte n’a pas changé."


@dataclass(frozen=True, slots=True)
class ResultQuery:
    """Which results are asked for: a group, or all of them."""

    group: Group | None
    page: int
    size: int

    def address(self, **changes: Any) -> str:
        said = {"issue": self.group.key if self.group else "", "page": self.page if self.page > 1 else "", **changes}
        return "?" + urlencode({name: value for name, value in said.items() if value})


def read_result_query(data: QueryDict, session: Mapping[str, Any]) -> ResultQuery:
    """The query of an address. An unknown group is all of them, an odd number the first page."""
    return ResultQuery(
        group=next((group for group in GROUPS if group.key == data.get("issue", "")), None),
        page=whole_number(data.get("page", "1"), 1),
        size=whole_number(data.get("par_page", str(session.get(PER_PAGE, SIZES[0]))), SIZES[0]),
    )


def counts(run: Run) -> dict[Group, int]:
    """How many accounts of each group, those without one left out. One query."""
    counted = dict(run.items.values_list("outcome").annotate(n=Count("pk")).values_list("outcome", "n"))
    figures = {group: sum(counted.get(outcome, 0) for outcome in group.outcomes) for group in GROUPS}
    return {group: figure for group, figure in figures.items() if figure}


def results(mandate: ActiveMandate, run: Run, query: ResultQuery) -> dict[str, Any]:
    """The run's figures, and the accounts asked for, by name; those that the mandate no longer opens are a figure."""
    figures = counts(run)
    shown = {"counts": [{"label": group.label(figure), "figure": figure} for group, figure in figures.items()]}
    if run.is_active:
        return shown
    wanted: dict[str, Any] = {"student__run_items__run": run}
    if query.group:
        wanted["student__run_items__outcome__in"] = query.group.outcomes
    rows = Schooling.objects.allowing(mandate, Permission.OPEN_OWN_RUNS).filter(**wanted).with_shown_state()
    rows = rows.annotate(became=F("student__run_items__outcome")).select_related("student", "classroom")
    page = paginate(rows.order_by("sort_key", "pk"), number=query.page, size=query.size)
    asked_for = figures.get(query.group, 0) if query.group else run.total
    return {
        **shown,
        "page": pages(page, [_row(mandate, schooling) for schooling in page.rows], query),
        "filters": [
            {"label": "Tous", "figure": run.total, "url": query.address(issue="", page=""), "current": not query.group},
            *(_filter(group, figure, query) for group, figure in figures.items()),
        ],
        "unnamed": asked_for - page.total,
    }


def _filter(group: Group, figure: int, query: ResultQuery) -> dict[str, Any]:
    url = query.address(issue=group.key, page="")
    return {"label": group.several.capitalize(), "figure": figure, "url": url, "current": group == query.group}


def _row(mandate: ActiveMandate, schooling: Any) -> dict[str, Any]:
    """A schooling with what `results` annotates."""
    outcome = Outcome(schooling.became)
    is_open = can(mandate, Permission.VIEW_STUDENT)
    return {
        "name": schooling.student.name,
        "classroom": schooling.classroom.code if schooling.classroom else "",
        "username": schooling.student.username,
        "url": reverse("student", args=[mandate.uai, schooling.student_id]) if is_open else "",
        "state": badge(schooling.shown_state),
        "outcome": NOT_TREATED if outcome is Outcome.PENDING else outcome.label,
    }
