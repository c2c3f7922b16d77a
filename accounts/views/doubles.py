"""Guardians who are probably one person twice: the list, two accounts side by side, and how the school settles it."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.doubles import Pair, judge_double, pairs_of
from accounts.actions.families import Child, children_here
from accounts.actions.journal import Event, record_each
from accounts.actions.merging import Hindrance, NotMerged, known_elsewhere, merge_guardians, part_guardians
from accounts.enums import AccountState, DoubleVerdict, Origin, Volume
from accounts.models import Guardian, Merge, Source
from accounts.permissions import ActiveMandate, Permission
from accounts.requests import SchoolRequest
from accounts.views.lists import badge
from accounts.views.student_facts import day
from accounts.walls import actor_of, console_view, count
from educonnect_admin.toolkit.masking import masked_phone

MERGES_SHOWN = 50
WHY_NOT: dict[Hindrance, str] = {
    Hindrance.NO_CLUE: "Rien que leur nom ne rapproche plus ces deux comptes : ils ne peuvent pas être réunis.",
    Hindrance.BLOCKED: "L’un des deux comptes est bloqué. Levez d’abord le blocage.",
    Hindrance.LEAVING: "La suppression de l’un des deux comptes est programmée : il n’y a plus rien à réunir.",
    Hindrance.DISPUTED: "Un lien de l’un des deux comptes est contesté. Réglez-le d’abord.",
    Hindrance.ELSEWHERE: "Un autre établissement connaît aussi le compte à terminer : gardez celui-là, ou remettez à la"
    " famille de quoi regrouper.",
    Hindrance.FEED: "Une alimentation est en cours. Recommencez dans quelques minutes.",
    Hindrance.TOO_OLD: "Cette réunion a plus de 30 jours, ou elle a déjà été annulée.",
    Hindrance.GONE: "L’un des deux comptes n’est plus celui que la page montrait. Rien n’a été fait.",
}


def _pairs(mandate: ActiveMandate, **only: str) -> list[Pair]:
    rows = Guardian.objects.allowing(mandate, Permission.SETTLE_GUARDIANS).with_shown_state()
    return pairs_of(rows.filter(**only), mandate.uai)


def _pair(mandate: ActiveMandate, pk: UUID, other: UUID) -> Pair:
    """One of the probable doubles; nothing else is shown side by side."""
    for pair in _pairs(mandate):
        if {pair.one.pk, pair.two.pk} == {pk, other}:
            return pair
    raise Http404


def _at(mandate: ActiveMandate, pair: Pair, name: str = "double") -> str:
    return reverse(name, args=[mandate.uai, pair.one.pk, pair.two.pk])


@console_view(Permission.SETTLE_GUARDIANS, reads=True)
def doubles(request: SchoolRequest) -> HttpResponse:
    """To settle, handed to the families, and merges that can still be undone."""
    mandate: ActiveMandate = request.mandate
    rows = [_row(mandate, pair) for pair in _pairs(mandate)]
    merges = Merge.objects.allowing(mandate, Permission.SETTLE_GUARDIANS).in_force()
    shown = merges.select_related("kept", "ended", "merged_by").order_by("-merged_at")[:MERGES_SHOWN]
    context = {
        "to_settle": [row for row in rows if not row["handed_at"]],
        "handed": [row for row in rows if row["handed_at"]],
        "merges": [_merge_row(mandate, row) for row in shown if row.may_be_undone],
        "list_url": reverse("guardians", args=[mandate.uai]),
    }
    return render(request, "doubles/list.html", context)


def _row(mandate: ActiveMandate, pair: Pair) -> dict[str, Any]:
    return {
        "name": pair.one.name,
        "usernames": [pair.one.username, pair.two.username],
        "states": [badge(pair.one.shown_state), badge(pair.two.shown_state)],
        "clues": ", ".join(clue.label for clue in pair.clues),
        "score": pair.score,
        "handed_at": pair.said.said_at if pair.said else None,
        "url": _at(mandate, pair),
    }


def _merge_row(mandate: ActiveMandate, row: Merge) -> dict[str, Any]:
    return {
        "name": row.kept.name,
        "kept": row.kept.username,
        "ended": row.ended.username,
        "at": row.merged_at,
        "by": row.merged_by,
        "until": row.undo_ends_at,
        "undo_url": reverse("merge_undo", args=[mandate.uai, row.pk]),
    }


def note_pair(request: SchoolRequest, pk: UUID, other: UUID) -> None:
    """Two persons' pages at once: told and counted as two."""
    pair = _pair(request.mandate, pk, other)
    count(request, Volume.PERSONS)
    count(request, Volume.PERSONS)
    targets = [pair.one.pk, pair.two.pk]
    record_each(actor=actor_of(request), event=Event.GUARDIAN_VIEWED, uai=request.mandate.uai, targets=targets)


@console_view(Permission.SETTLE_GUARDIANS, reads=note_pair)
def double(request: SchoolRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Side by side, the differing fields named."""
    mandate: ActiveMandate = request.mandate
    pair = _pair(mandate, pk, other)
    facts = _facts(mandate, pair)
    elsewhere = known_elsewhere([pair.one.pk, pair.two.pk])
    context = {
        "pair": _row(mandate, pair),
        "facts": facts,
        "differing": [fact["label"] for fact in facts if fact["differs"]],
        "choices": [
            {"id": kept.pk, "username": kept.username, "ended": ended.username, "may": ended.pk not in elsewhere}
            for kept, ended in ((pair.one, pair.two), (pair.two, pair.one))
        ],
        "may_merge": len(elsewhere) < 2,
        "judge_url": _at(mandate, pair, "double_judge"),
        "merge_url": _at(mandate, pair, "double_merge"),
        "handout_url": _at(mandate, pair, "double_handout"),
        "list_url": reverse("doubles", args=[mandate.uai]),
    }
    return render(request, "doubles/detail.html", context)


def _facts(mandate: ActiveMandate, pair: Pair) -> list[dict[str, Any]]:
    both = (pair.one, pair.two)
    children = children_here(mandate.uai, [account.pk for account in both])
    read: dict[UUID, list[str]] = {account.pk: [] for account in both}
    for source in Source.objects.filter(school=mandate.uai, guardian__in=read).order_by("system"):
        read[source.guardian_id or pair.one.pk].append(f"{source.label} {source.aaf_id or source.local_id}".strip())
    rows = {
        "Civilité": [account.title for account in both],
        "Nom de famille": [account.family_name for account in both],
        "Courrier électronique": [account.email for account in both],
        "Mobile": [account.mobile for account in both],
        "Adresse postale": [account.address for account in both],
        "Élèves": [_named(children[account.pk]) for account in both],
        "État du compte": [badge(account.shown_state).label for account in both],
        "Origine du compte": [Origin(account.origin).label if account.origin else "" for account in both],
        "Date de dernière connexion": [day(account.last_login_at) or "" for account in both],
        "Source": [", ".join(read[account.pk]) for account in both],
    }
    shown = {"Mobile": [masked_phone(account.mobile) for account in both]}
    return [
        {
            "label": label,
            "values": list(zip(shown.get(label, values), (account.username for account in both), strict=True)),
            "differs": values[0] != values[1],
        }
        for label, values in rows.items()
    ]


def _named(children: list[Child]) -> str:
    return ", ".join(sorted(child.name for child in children))


@console_view(Permission.SETTLE_GUARDIANS, writes=True)
def double_judge(request: SchoolRequest, pk: UUID, other: UUID) -> HttpResponse:
    """Not one person; or one, and the family regroups by itself."""
    mandate: ActiveMandate = request.mandate
    pair = _pair(mandate, pk, other)
    said = request.POST.get("verdict", "")
    if said not in DoubleVerdict.values:
        messages.error(request, "Dites ce que vous avez vérifié : rien n’a été enregistré.")
        return redirect(_at(mandate, pair))
    verdict = DoubleVerdict(said)
    judge_double(
        actor=actor_of(request), uai=mandate.uai, pair=(pair.one.pk, pair.two.pk), verdict=verdict, now=timezone.now()
    )
    if verdict is DoubleVerdict.HANDED:
        messages.success(request, "C’est noté. Imprimez ce feuillet et remettez-le à la famille.")
        return redirect(_at(mandate, pair, "double_handout"))
    messages.success(request, "C’est noté : ces deux comptes ne seront plus rapprochés.")
    return redirect("doubles", mandate.uai)


@console_view(Permission.SETTLE_GUARDIANS, reads=note_pair)
def double_handout(request: SchoolRequest, pk: UUID, other: UUID) -> HttpResponse:
    """A sheet for the family: both identifiants, and how to go on with one. No password."""
    mandate: ActiveMandate = request.mandate
    pair = _pair(mandate, pk, other)
    children = children_here(mandate.uai, [pair.one.pk, pair.two.pk])
    context = {
        "name": f"{pair.one.first_name} {pair.one.last_name}",
        "school_name": mandate.school_name,
        "accounts": [
            {
                "username": account.username,
                "children": _named(children[account.pk]),
                "activated": _is_activated(account),
            }
            for account in (pair.one, pair.two)
        ],
        "back_url": _at(mandate, pair),
        "today": timezone.now(),
    }
    return render(request, "doubles/handout.html", context)


def _is_activated(account: Guardian) -> bool:
    return account.state == AccountState.ACTIVATED


@console_view(Permission.SETTLE_GUARDIANS, writes=True, step_up=("POST",))
def double_merge(request: SchoolRequest, pk: UUID, other: UUID) -> HttpResponse:
    """End one of the two for the other's good."""
    mandate: ActiveMandate = request.mandate
    pair = _pair(mandate, pk, other)
    accounts = {str(account.pk): account for account in (pair.one, pair.two)}
    kept = accounts.get(request.POST.get("kept", ""))
    if kept is None:
        messages.error(request, "Choisissez le compte à garder : rien n’a été fait.")
        return redirect(_at(mandate, pair))
    ended = pair.two if kept is pair.one else pair.one
    try:
        merge_guardians(actor=actor_of(request), uai=mandate.uai, kept=kept.pk, ended=ended.pk, now=timezone.now())
    except NotMerged as refusal:
        messages.error(request, WHY_NOT[refusal.hindrance])
        return redirect(_at(mandate, pair))
    messages.success(
        request,
        f"Les deux comptes sont réunis : {kept.username} est gardé, {ended.username} n’ouvre plus rien."
        " Vous pouvez l’annuler pendant 30 jours.",
    )
    return redirect("doubles", mandate.uai)


@console_view(Permission.SETTLE_GUARDIANS, writes=True, step_up=("POST",))
def merge_undo(request: SchoolRequest, pk: UUID) -> HttpResponse:
    """Give both accounts back."""
    mandate: ActiveMandate = request.mandate
    row = get_object_or_404(Merge.objects.allowing(mandate, Permission.SETTLE_GUARDIANS), pk=pk)
    try:
        part_guardians(actor=actor_of(request), uai=mandate.uai, merge=row.pk, now=timezone.now())
    except NotMerged as refusal:
        messages.error(request, WHY_NOT[refusal.hindrance])
    else:
        messages.success(request, "La réunion est annulée : les deux comptes sont de nouveau là.")
    return redirect("doubles", mandate.uai)


def doubles_of(mandate: ActiveMandate, guardian: Guardian) -> list[dict[str, Any]]:
    """On a guardian's page: the accounts that are probably the same person's."""
    pairs = _pairs(mandate, sort_key=guardian.sort_key)
    return [_row(mandate, pair) for pair in pairs if guardian.pk in (pair.one.pk, pair.two.pk)]
