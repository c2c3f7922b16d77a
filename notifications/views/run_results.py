"""What came of a run: each account's outcome, by counts and in pages, and what was refused and why."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django.db.models import Count, F
from django.http import QueryDict
from django.urls import reverse

from accounts.actions.families import children_here
from accounts.forms.lists import PER_PAGE
from accounts.guardian_querysets import GuardianQuerySet
from accounts.lifecycle import LEFT_OUT, REFUSED, Outcome
from accounts.models import Guardian, Schooling
from accounts.permissions import ActiveMandate, Permission, can
from accounts.querysets import SchoolingQuerySet
from accounts.views.lists import badge, pages
from educonnect_admin.toolkit.pagination import SIZES, paginate, whole_number
from notifications.models import Run
from notifications.views.mail_outcomes import mails_of, outcomes


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
    found = _guardians(mandate, run, query) if run.is_on_guardians else _pupils(mandate, run, query)
    page = paginate(found.order_by("sort_key", "pk"), number=query.page, size=query.size)
    rows = _kin_rows(mandate, page.rows) if run.is_on_guardians else [_row(mandate, each) for each in page.rows]
    mails = outcomes(run, mails_of(run), {row["account"].pk: row["account"].state for row in rows})
    for row in rows:
        row["mail"] = mails.get(row["account"].pk)
    asked_for = figures.get(query.group, 0) if query.group else run.total
    return {
        **shown,
        "heads": ("Responsable", "Élève(s)") if run.is_on_guardians else ("Élève", "Classe"),
        "page": pages(page, rows, query),
        "filters": [
            {"label": "Tous", "figure": run.total, "url": query.address(issue="", page=""), "current": not query.group},
            *(_filter(group, figure, query) for group, figure in figures.items()),
        ],
        "unnamed": asked_for - page.total,
    }


def _pupils(mandate: ActiveMandate, run: Run, query: ResultQuery) -> SchoolingQuerySet:
    wanted: dict[str, Any] = {"student__run_items__run": run}
    if query.group:
        wanted["student__run_items__outcome__in"] = query.group.outcomes
    rows = Schooling.objects.allowing(mandate, Permission.OPEN_OWN_RUNS).filter(**wanted).with_shown_state()
    rows = rows.annotate(became=F("student__run_items__outcome"))
    return cast(SchoolingQuerySet, rows.select_related("student", "classroom"))


def _guardians(mandate: ActiveMandate, run: Run, query: ResultQuery) -> GuardianQuerySet:
    wanted: dict[str, Any] = {"run_items__run": run}
    if query.group:
        wanted["run_items__outcome__in"] = query.group.outcomes
    rows = Guardian.objects.allowing(mandate, Permission.NOTIFY_GUARDIANS).filter(**wanted).with_shown_state()
    return cast(GuardianQuerySet, rows.annotate(became=F("run_items__outcome")))


def _filter(group: Group, figure: int, query: ResultQuery) -> dict[str, Any]:
    url = query.address(issue=group.key, page="")
    return {"label": group.several.capitalize(), "figure": figure, "url": url, "current": group == query.group}


def _became(outcome: str) -> str:
    return NOT_TREATED if outcome == Outcome.PENDING else Outcome(outcome).label


def _row(mandate: ActiveMandate, schooling: Any) -> dict[str, Any]:
    """A schooling with what `_pupils` annotates."""
    is_open = can(mandate, Permission.VIEW_STUDENT)
    return {
        "account": schooling.student,
        "name": schooling.student.name,
        "place": schooling.classroom.code if schooling.classroom else "",
        "username": schooling.student.username,
        "url": reverse("student", args=[mandate.uai, schooling.student_id]) if is_open else "",
        "state": badge(schooling.shown_state),
        "outcome": _became(schooling.became),
    }


def _kin_rows(mandate: ActiveMandate, guardians: Sequence[Any]) -> list[dict[str, Any]]:
    """Guardians with what `_guardians` annotates, each with the children of this school."""
    children = children_here(mandate.uai, [guardian.pk for guardian in guardians])
    return [
        {
            "account": guardian,
            "name": guardian.name,
            "place": ", ".join(child.name for child in children[guardian.pk]),
            "username": guardian.username,
            "url": reverse("guardian", args=[mandate.uai, guardian.pk]),
            "state": badge(guardian.shown_state),
            "outcome": _became(guardian.became),
        }
        for guardian in guardians
    ]
