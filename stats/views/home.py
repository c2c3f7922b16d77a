"""Accueil: what to do today in order of urgency, each figure a link to its list."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.doubles import count_to_settle
from accounts.actions.outbox import late_mails
from accounts.enums import ShownState, Volume
from accounts.models import Dispute, Guardian, HourlyVolume, Mandate, Schooling
from accounts.permissions import ActiveMandate, Permission, can
from accounts.requests import SchoolRequest
from accounts.walls import console_view
from educonnect_admin.toolkit.templatetags.french import moment
from notifications.enums import ACTIVE
from notifications.models import Run
from stats.counts import by_state
from stats.views.last_feed import feeds_to_see, last_feed

DISPUTED = "Liens contestés"
DOUBLES = "Doublons probables"
EXPIRED = "Notifications expirées"
SOON = "Notifications bientôt expirées"
NOT_NOTIFIED = "Comptes non notifiés"
NOTIFIED = "Notifiés, non activés"
BLOCKED = "Comptes bloqués"
GUARDIANS_WAITING = "Responsables non notifiés"
DELEGATIONS = "Délégations qui finissent"
URGENCY = (DISPUTED, EXPIRED, SOON, NOT_NOTIFIED, NOTIFIED, BLOCKED, DOUBLES, DELEGATIONS, GUARDIANS_WAITING)
"""What a person waits for first; then what can be done tomorrow."""

ALARM_SHOWN = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Tile:
    """One thing to do: how many, of what, and where they are listed."""

    figure: int
    label: str
    url: str
    note: str


@console_view(Permission.OPEN_FULL_MODULE, reads=True)
def home(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    now = timezone.now()
    tiles = [*_students(mandate, now), *_guardians(mandate, now), *_delegations(mandate, now)]
    running = Run.objects.allowing(mandate, Permission.LIST_SCHOOL_RUNS).filter(state__in=ACTIVE)
    context = {
        "at": now,
        "tiles": sorted((tile for tile in tiles if tile.figure), key=lambda tile: URGENCY.index(tile.label)),
        "nothing": sorted((tile for tile in tiles if not tile.figure), key=lambda tile: URGENCY.index(tile.label)),
        "feed": last_feed(mandate),
        "runs": [
            {
                "label": f"{run.get_kind_display()}, {run.label}",
                "url": reverse("run", args=[mandate.uai, run.pk]),
                "processed": run.processed,
                "total": run.total,
            }
            for run in running
        ],
        "notices": [*feeds_to_see(mandate), *_late_mails(mandate, now), *_alarms(mandate, now)],
    }
    return render(request, "home.html", context)


def _listed(mandate: ActiveMandate, route: str, **query: str) -> str:
    return f"{reverse(route, args=[mandate.uai])}?{urlencode(query)}"


def _students(mandate: ActiveMandate, now: datetime) -> list[Tile]:
    rows = Schooling.objects.allowing(mandate, Permission.OPEN_FULL_MODULE).with_shown_state(now)
    figures = by_state(rows)
    notes = {
        ShownState.EXPIRED: (EXPIRED, "élèves, leur mot de passe provisoire ne vaut plus rien : à renotifier"),
        ShownState.NOT_NOTIFIED: (NOT_NOTIFIED, "élèves qui attendent leur premier courrier"),
        ShownState.NOTIFIED: (NOTIFIED, "élèves qui ont un mot de passe provisoire et ne s’en sont pas servis"),
        ShownState.BLOCKED: (BLOCKED, "élèves, par l’établissement, avec un motif"),
    }
    soon = Tile(
        rows.ending_soon(now).count(), SOON, _listed(mandate, "students", bientot="1"), "élèves, dans les 15 jours"
    )
    return [soon] + [
        Tile(figures.get(state, 0), label, _listed(mandate, "students", etat=state.value), note)
        for state, (label, note) in notes.items()
    ]


def _guardians(mandate: ActiveMandate, now: datetime) -> list[Tile]:
    rows = Guardian.objects.allowing(mandate, Permission.OPEN_FULL_MODULE).with_shown_state(now)
    waiting = by_state(rows).get(ShownState.NOT_NOTIFIED, 0)
    disputed = Dispute.objects.allowing(mandate, Permission.SETTLE_GUARDIANS).to_settle().count()
    return [
        Tile(
            disputed,
            DISPUTED,
            reverse("disputes", args=[mandate.uai]),
            "entre un responsable et un élève, suspendus : à régler",
        ),
        Tile(
            count_to_settle(rows, mandate.uai),
            DOUBLES,
            reverse("doubles", args=[mandate.uai]),
            "paires de comptes de responsables, à vérifier",
        ),
        Tile(
            waiting,
            GUARDIANS_WAITING,
            _listed(mandate, "guardians", etat=ShownState.NOT_NOTIFIED.value),
            "comptes qui ne sont pas encore notifiés",
        ),
    ]


def _delegations(mandate: ActiveMandate, now: datetime) -> list[Tile]:
    """For whoever may renew them."""
    if not can(mandate, Permission.DELEGATE):
        return []
    ending = Mandate.objects.allowing(mandate, Permission.DELEGATE).ending_soon(now)
    return [Tile(ending.count(), DELEGATIONS, _listed(mandate, "delegations", bientot="1"), "dans les 30 jours")]


def _alarms(mandate: ActiveMandate, now: datetime) -> list[dict[str, Any]]:
    """To the head: who came near an hour's cap, or reached it, within a day. The two latest."""
    if not can(mandate, Permission.READ_SCHOOL_JOURNAL):
        return []
    rows = HourlyVolume.objects.filter(school=mandate.uai, warned_at__gte=now - ALARM_SHOWN).select_related("staff")
    return [
        {
            "tone": "warning",
            "title": "Plafond de l’heure approché ou atteint",
            "text": f"{row.staff}, le {moment(timezone.localtime(row.warned_at))} : {Volume(row.kind).label}."
            " Si ce travail n’était pas prévu, voyez-le avec cette personne sans attendre.",
        }
        for row in rows.order_by("-warned_at")[:2]
    ]


def _late_mails(mandate: ActiveMandate, now: datetime) -> list[dict[str, Any]]:
    """To the head: mails of the whole service that do not go, alarms and invitations among them."""
    waiting = late_mails(now) if can(mandate, Permission.READ_SCHOOL_JOURNAL) else None
    if waiting is None:
        return []
    many = waiting.number > 1
    return [
        {
            "tone": "warning",
            "title": f"{waiting.number} message{'s' if many else ''} électronique{'s' if many else ''} en attente",
            "text": f"Depuis le {moment(timezone.localtime(waiting.since))}, le serveur de messagerie ne les prend pas."
            " Invitations, liens et alertes partiront dès qu’il répondra : vous n’avez rien à refaire."
            " Prévenez la personne qui administre ce service.",
        }
    ]
