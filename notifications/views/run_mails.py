"""Par courriel: who of a run can be reached in place of paper, and what became of each mail."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.actions.mailed_links import LINK_HOURS, on_their_way, reachable
from accounts.enums import AccountState, Population
from accounts.models import MailedLink
from accounts.permissions import Permission, can
from accounts.requests import SchoolRequest
from accounts.tasks import tell_links
from accounts.walls import actor_of, console_view
from notifications.actions.documents import Handout
from notifications.actions.follow_up import letters_of
from notifications.models import Run
from notifications.views.follow_up import permission_of
from notifications.views.mail_outcomes import mails_of, outcomes


def _own(request: SchoolRequest, pk: UUID) -> Run:
    """One's own run that has ended, by who may notify such accounts."""
    rows = Run.objects.allowing(request.mandate, Permission.OPEN_OWN_RUNS).select_related("school")
    run: Run = get_object_or_404(rows, pk=pk)
    if not run.has_ended:
        raise Http404
    if not can(request.mandate, permission_of(run)):
        raise PermissionDenied(permission_of(run))
    return run


@console_view(Permission.OPEN_OWN_RUNS, reads=True, writes=True, step_up=("POST",))
def run_mails(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """The counts before anything is sent; then a link by mail to each who can be reached."""
    run = _own(request, pk)
    letters = letters_of(request.mandate, run)
    population = Population(run.population)
    accounts = [letter.account_id for letter in letters]
    if request.method == "POST":
        base_url = request.build_absolute_uri("/")
        number = tell_links(actor_of(request), run.school_id, run.pk, population, accounts, base_url)
        told = f"{number} message{'s' if number > 1 else ''} en partance."
        messages.success(request, told if number else "Personne de plus ne peut être joint par courriel.")
        return redirect("run_mails", request.mandate.uai, pk)
    links = mails_of(run)
    reached = set(reachable(population, accounts).values_list("pk", flat=True))
    away = {link.pk for link in on_their_way(run.school_id, run.pk)}
    to_send = sum(pk not in links or links[pk].pk not in away for pk in reached)
    context = _context(run, letters, links) | {"with_address": len(reached), "to_send": to_send}
    context["without_address"] = len(letters) - len(reached) - context["activated"]
    return render(request, "runs/mails.html", context)


def _context(run: Run, letters: Sequence[Handout], links: dict[Any, MailedLink]) -> dict[str, Any]:
    mails = outcomes(run, links, {letter.account_id: letter.item.account.state for letter in letters})
    figures = Counter(mails[letter.account_id].label for letter in letters if letter.account_id in mails)
    active = sum(letter.item.account.state == AccountState.ACTIVATED for letter in letters)
    return {
        "run": run,
        "activated": active,
        "counts": [{"label": label, "figure": figure} for label, figure in figures.items()],
        "rows": [
            {
                "name": f"{letter.last_name} {letter.first_name}",
                "place": letter.classroom,
                "mail": mails[letter.account_id],
            }
            for letter in letters
            if letter.account_id in mails
        ],
        "hours": LINK_HOURS,
        "page_url": reverse("run_mails", args=[run.school_id, run.pk]),
        "run_url": reverse("run", args=[run.school_id, run.pk]),
        "sender": settings.DEFAULT_FROM_EMAIL,
    }
