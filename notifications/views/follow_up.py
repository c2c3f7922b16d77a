"""Suivi des courriers: what became of each letter of a run, by class, by name or by its code."""

from collections import Counter
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.forms.lists import chosen_ids
from accounts.permissions import Permission, can
from accounts.requests import SchoolRequest
from accounts.walls import actor_of, console_view
from notifications.actions.documents import Handout
from notifications.actions.follow_up import NO_MARK, is_activated, letters_of, mark_letters, sorted_codes
from notifications.actions.runs import draft_guardians_run, draft_run
from notifications.enums import Delivery, RunKind
from notifications.forms import MOST_CODES, doubles_among, read_codes
from notifications.models import Run
from notifications.views.form_keys import form_key
from notifications.views.mail_outcomes import MailOutcome, mails_of, outcomes
from notifications.views.runs import visible_runs

WITHOUT_CLASS = "sans"
NAMED = 20
"""Codes that are listed back in one message."""

MARKS = {"remis": Delivery.HANDED, "revenu": Delivery.RETURNED, "effacer": NO_MARK}
DONE_WORDS = {
    "remis": ("noté remis", "notés remis"),
    "revenu": ("noté revenu", "notés revenus"),
    "effacer": ("rendu à son état d’avant", "rendus à leur état d’avant"),
}
LEFT = {"non-remis": "non remis", "non-actives": "non activés"}


def _followed(request: SchoolRequest, pk: UUID) -> Run:
    runs = visible_runs(request.mandate).select_related("school", "requested_by")
    run: Run = get_object_or_404(runs, pk=pk)
    if not run.has_ended:
        raise Http404
    return run


@console_view(Permission.OPEN_OWN_RUNS, reads=True)
def run_follow_up(request: SchoolRequest, pk: UUID) -> HttpResponse:
    run = _followed(request, pk)
    letters, room = letters_of(request.mandate, run), request.GET.get("classe", "")
    shown = [letter for letter in letters if _room_key(letter) == room]
    states = {letter.account_id: letter.item.account.state for letter in letters}
    uai, mails = request.mandate.uai, outcomes(run, mails_of(run), states)
    context = {
        "run": run,
        "counts": _counts(letters),
        "classes": _classes(letters),
        "room": shown[0].classroom or "Sans classe" if shown else "",
        "rows": [_row(letter, mails.get(letter.account_id)) for letter in shown],
        "undelivered": sum(mail.is_lost for mail in mails.values()),
        "run_url": reverse("run", args=[uai, pk]),
        "page_url": reverse("run_follow_up", args=[uai, pk]),
        "mails_url": reverse("run_mails", args=[uai, pk]),
        "mark_url": reverse("run_mark", args=[uai, pk]),
        "rest_url": reverse("run_rest", args=[uai, pk]),
        "can_run": can(request.mandate, permission_of(run)),
        "most": MOST_CODES,
    }
    return render(request, "runs/follow_up.html", context)


@console_view(Permission.OPEN_OWN_RUNS, writes=True)
def run_mark(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Mark what was typed, ticked, or is of the classes ticked; each time the codes that led nowhere are told."""
    run, wish = _followed(request, pk), request.POST.get("marque", "")
    letters = letters_of(request.mandate, run)
    chosen, rooms = set(chosen_ids(request.POST, "courrier")), set(request.POST.getlist("classe"))
    meant = [each for each in letters if each.account_id in chosen or _room_key(each) in rooms]
    typed = request.POST.get("suivi", "")
    if typed.strip():
        meant += _told_codes(request, run, letters, typed)
    if wish not in MARKS:
        messages.error(request, "Dites ce que ces courriers sont devenus\u00a0: remis, revenus, ou marque effacée.")
    elif not meant and not typed.strip():
        messages.error(request, "Aucun courrier n’est choisi\u00a0: cochez une case ou saisissez un code.")
    elif meant:
        accounts = {letter.account_id for letter in meant}
        changed = mark_letters(actor=actor_of(request), run=run, accounts=accounts, mark=MARKS[wish])
        _tell_marked(request, wish, changed, len(accounts) - changed)
    back = reverse("run_follow_up", args=[request.mandate.uai, pk])
    shown = request.POST.get("montrer", "")
    return redirect(f"{back}?classe={shown}" if any(_room_key(each) == shown for each in letters) else back)


@console_view(Permission.OPEN_OWN_RUNS, writes=True)
def run_rest(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """A draft of a run over those whose letter is not handed over, or over all who have not activated."""
    mandate, run, which = request.mandate, _followed(request, pk), request.POST.get("reste", "")
    if not can(mandate, permission_of(run)):
        raise PermissionDenied(permission_of(run))
    letters = [each for each in letters_of(mandate, run) if not is_activated(each)]
    if which == "non-remis":
        letters = [each for each in letters if each.item.delivery != Delivery.HANDED]
    if which not in LEFT or not letters:
        messages.info(request, "Il n’y a personne à relancer\u00a0: rien n’a été préparé.")
        return redirect("run_follow_up", mandate.uai, pk)
    accounts = sorted(each.account_id for each in letters)
    told: dict[str, Any] = {
        "actor": actor_of(request),
        "mandate": mandate,
        "label": f"{LEFT[which]}, {run.label}"[:200],
        "key": form_key(request, run.kind, pk, which, *accounts),
    }
    if run.is_on_guardians:
        made = draft_guardians_run(guardians={each.account_id: each.item.filed_with for each in letters}, **told)
    else:
        made = draft_run(kind=RunKind(run.kind), students=accounts, **told)
    return redirect("run", mandate.uai, made.pk)


def permission_of(run: Run) -> Permission:
    """The right to notify such accounts."""
    if run.is_on_guardians:
        return Permission.NOTIFY_GUARDIANS
    return Permission.NOTIFY_STUDENTS if run.kind == RunKind.NOTIFY else Permission.RESET_STUDENTS


def _told_codes(request: SchoolRequest, run: Run, letters: Sequence[Handout], typed: str) -> Sequence[Handout]:
    """The letters of the codes typed; the others are listed back."""
    codes, too_many = read_codes(typed)
    found = sorted_codes(
        codes=list(dict.fromkeys(codes)), letters=letters, run=run, visible=visible_runs(request.mandate)
    )
    if too_many:
        words = f"Seuls les {MOST_CODES} premiers codes ont été lus\u00a0: saisissez les suivants ensuite."
        messages.warning(request, words)
    if found.unknown:
        signs = "Relisez-les sur la feuille\u00a0: huit signes, sans 0, O, 1, I ni L."
        messages.warning(request, f"Inconnus ici\u00a0: {_listed(found.unknown)}. {signs}")
    for code, other in list(found.of_other_runs.items())[:NAMED]:
        words = f"{code} est d’une autre opération\u00a0: {other.label}. Notez-le dans le suivi de celle-ci."
        messages.warning(request, words)
    if twice := doubles_among(codes):
        messages.info(request, f"Saisis deux fois, comptés une\u00a0: {_listed(twice)}.")
    return found.letters


def _listed(codes: Sequence[str]) -> str:
    more = f", et {len(codes) - NAMED} autres" if len(codes) > NAMED else ""
    return ", ".join(codes[:NAMED]) + more


def _tell_marked(request: SchoolRequest, wish: str, changed: int, same: int) -> None:
    if changed:
        words = DONE_WORDS[wish][changed > 1]
        messages.success(request, f"{changed} courrier{'s' if changed > 1 else ''} {words}.")
    if same:
        messages.info(request, f"{same} courrier{'s' if same > 1 else ''} l’étai{'en' if same > 1 else ''}t déjà.")


def _room_key(letter: Handout) -> str:
    return str(letter.classroom_id or WITHOUT_CLASS)


def _counts(letters: Sequence[Handout]) -> list[dict[str, Any]]:
    marks = Counter(letter.item.delivery for letter in letters)
    figures = {
        "Courriers": len(letters),
        "Imprimés": sum(letter.item.printed_on is not None for letter in letters),
        "Remis": marks[Delivery.HANDED],
        "Revenus": marks[Delivery.RETURNED],
        "Activés": sum(map(is_activated, letters)),
    }
    return [{"label": label, "figure": figure} for label, figure in figures.items()]


def _classes(letters: Sequence[Handout]) -> list[dict[str, Any]]:
    """A line a class, in the order of the letters."""
    rooms: dict[str, list[Handout]] = {}
    for letter in letters:
        rooms.setdefault(_room_key(letter), []).append(letter)
    return [
        {"key": key, "label": members[0].classroom or "Sans classe", "counts": _counts(members)}
        for key, members in rooms.items()
    ]


def _row(letter: Handout, mail: MailOutcome | None) -> dict[str, Any]:
    item = letter.item
    mark = Delivery(item.delivery).label if item.delivery else "Imprimé" if item.printed_on else ""
    return {
        "id": letter.account_id,
        "name": f"{letter.last_name} {letter.first_name}",
        "code": letter.follow_up,
        "mark": mark,
        "on": item.delivery_on or item.printed_on,
        "state": letter.state,
        "mail": mail,
    }
