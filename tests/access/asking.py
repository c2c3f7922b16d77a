"""From a cell of the table to a request, and from its response to the word that the table has for it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

from django.core.handlers.base import BaseHandler
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import Staff
from tests.access.table import METHODS, Cell
from tests.access.world import SCHOOLS, Asked, Runs

NOBODY = UUID(int=0)
SLUGS = {"statistics_curve": "svg", "statistics_file": "tableaux-csv"}
"""Kinds of files that all want the right of their address."""
FORM = "application/x-www-form-urlencoded"
LEADS_TO = {"/connexion/code/": "otp", "/connexion/preuve/": "proof"}


def patterns(resolver: URLResolver | None = None) -> list[URLPattern]:
    """Every address that the console answers, with its name."""
    found: list[URLPattern] = []
    for entry in (resolver or get_resolver()).url_patterns:
        found += patterns(entry) if isinstance(entry, URLResolver) else [entry]
    return found


def question(asked: Asked, cell: Cell) -> tuple[str, dict[str, Any]]:
    """The address of a cell, and the form posted to it."""
    name, _, slug = cell.url.partition(":")
    kwargs: dict[str, Any] = {}
    if cell.school:
        kwargs["uai"] = SCHOOLS[cell.school]
    if name in ("invitation", "password_reset"):
        kwargs = asked.invitation() if cell.thing == "good" else {"uid": "MQ", "token": "never-made"}
    elif name in ("activation_email", "holder_email_link", "mailed_link", "holder_new_password"):
        kwargs = {"token": "never-made"}
    elif name == "email_confirmation":
        kwargs = {"token": asked.email_token() if cell.thing == "good" else "never-made"}
    elif name.startswith("run") and name != "runs":
        kwargs["pk"] = _run(asked, cell, drafted=name == "run_launch")
    elif name == "resume":
        kwargs = {"name": "never-kept"}
    elif name == "security_key_remove":
        kwargs["pk"] = 0
    elif name in ("delegation_change", "delegation_revoke", "delegation_reset_key"):
        kwargs["pk"] = {"given": asked.delegations["here"], "far": asked.delegations["elsewhere"], "no": 0}[cell.thing]
    elif name == "feed" or name.startswith("feed_"):
        kwargs["pk"] = asked.feeds.get(cell.thing, NOBODY)
    elif name == "double" or name.startswith("double_"):
        kwargs["pk"], kwargs["other"] = asked.doubles.get(cell.thing, (NOBODY, NOBODY))
    elif name == "merge_undo":
        kwargs["pk"] = asked.merges.get(cell.thing, NOBODY)
    elif name == "dispute":
        kwargs["pk"] = asked.disputes.get(cell.thing, NOBODY)
    elif name.startswith("guardian") and cell.thing:
        kwargs["pk"] = asked.guardians.get(cell.thing, NOBODY)
    elif cell.thing not in ("", "-", "good", "bad"):
        kwargs["pk"] = _pupil(asked, cell)
    if slug := slug or SLUGS.get(name, ""):
        kwargs["slug"] = slug
    return reverse(name, kwargs=kwargs), _form(asked, cell, name)


def _runs(asked: Asked, cell: Cell, whose: str) -> Runs | None:
    return asked.runs.get((whose, SCHOOLS[cell.school]))


def _run(asked: Asked, cell: Cell, *, drafted: bool) -> UUID:
    """The run of a cell. Visitors who have none of their own are asked about one that nobody has."""
    runs = {
        "own": _runs(asked, cell, cell.visitor),
        "kin": _runs(asked, cell, cell.visitor),
        "theirs": asked.runs["colleague", SCHOOLS["here"]],
        "far": asked.runs["colleague", SCHOOLS["elsewhere"]],
        "no": None,
    }[cell.thing]
    if runs is None:
        return NOBODY
    if cell.thing == "kin":
        return runs.kin.pk
    return runs.draft.pk if drafted else runs.done.pk


def _pupil(asked: Asked, cell: Cell) -> UUID:
    world = asked.world
    if cell.thing == "mine":
        runs = _runs(asked, cell, cell.visitor)
        return runs.pupil if runs else NOBODY
    pupils = {"A": world.pupils[0], "B": world.other_class[0], "R": world.foreign}
    return pupils[cell.thing].student_id if cell.thing in pupils else NOBODY


def _form(asked: Asked, cell: Cell, name: str) -> dict[str, Any]:
    """What each form needs to have its effect."""
    if name == "switch_mandate":
        staff = getattr(asked.visitors[cell.visitor], "staff", None)
        holder = staff if cell.thing == "good" else asked.runs["colleague", SCHOOLS["here"]].done.requested_by
        mandate = holder.mandates.first() if holder else None
        return {"mandate": mandate.pk if mandate else 0}
    if name.startswith("delegation_") and cell.method == "POST":
        return delegation_form(asked.invited)
    if name.endswith(("_edit", "_block", "_unblock")) and cell.method == "POST":
        reason = "stolen" if name.endswith("_block") else "settled"
        told = {"version": 0, "email": "lou@example.org", "distributed_on": "", "language": ""}
        return told | {"reason": reason}
    if name.startswith("double_") and cell.method == "POST":
        return {"verdict": "distinct", "kept": asked.doubles.get(cell.thing, ("",))[0]}
    if name == "dispute" and cell.method == "POST":
        return {"outcome": "right", "note": "livret de famille"}
    world = asked.world
    chosen = [place.student_id for place in (*world.pupils, *world.other_class, world.foreign)]
    guardians = list(asked.guardians.values())
    return {"eleve": chosen, "responsable": guardians, "q": "etoile"} if cell.method == "POST" else {}


def delegation_form(staff: Staff) -> dict[str, Any]:
    """Someone known by name and address, until tomorrow; a delegation that is changed takes the same reach and end."""
    today = timezone.localdate()
    named = {"first_name": staff.first_name, "last_name": staff.last_name, "email": staff.email, "q": "agent"}
    return named | {"role": "simplified", "reach": "ecole", "starts_on": today, "ends_on": today + timedelta(days=1)}


class Asker:
    """Sends requests through every middleware, without the test client's copies of what was rendered."""

    def __init__(self) -> None:
        self.handler = BaseHandler()
        self.handler.load_middleware()

    def ask(
        self,
        client: Client,
        method: str,
        path: str,
        form: dict[str, Any] | None = None,
        *,
        csrf: bool = False,
        **headers: str,
    ) -> HttpResponse:
        """The response; a form needs its token only where `csrf` says so. The client keeps no new cookie."""
        factory = RequestFactory()
        factory.cookies, factory.defaults = client.cookies, client.defaults
        request = factory.generic(method, path, urlencode(form or {}, doseq=True), FORM, **headers)
        request._dont_enforce_csrf_checks = not csrf
        return self.handler.get_response(request)


def answer(response: HttpResponse) -> str:
    """The table's word for it."""
    if response.status_code != 302:
        return str(response.status_code)
    target = urlsplit(response["Location"])
    if target.path == "/connexion/" and target.query.startswith("next="):
        return "in"
    return LEADS_TO.get(target.path, "go")


def declared(pattern: URLPattern) -> set[str]:
    """The methods that the view says it answers."""
    return {method for method in METHODS if method in pattern.callback.rule.methods}
