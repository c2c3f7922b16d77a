"""Accueil: what to do today, each figure a link to its list."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from accounts.actions.journal import Event
from accounts.enums import ShownState, Volume
from accounts.models import HourlyVolume, JournalEntry, Mandate, Schooling
from accounts.permissions import ActiveMandate, Permission, can
from accounts.requests import SchoolRequest
from accounts.walls import console_view
from educonnect_admin.toolkit.templatetags.french import moment
from notifications.enums import ACTIVE
from notifications.models import Run
from stats.counts import by_state

DELEGATION_NOTICE = timedelta(days=30)
ALARM_SHOWN = timedelta(days=1)


@console_view(Permission.OPEN_FULL_MODULE, reads=True)
def home(request: SchoolRequest) -> HttpResponse:
    mandate: ActiveMandate = request.mandate
    now = timezone.now()
    rows = Schooling.objects.allowing(mandate, Permission.OPEN_FULL_MODULE).with_shown_state(now)
    figures = {count.state: count.number for count in by_state(rows)}
    running = Run.objects.allowing(mandate, Permission.LIST_SCHOOL_RUNS).filter(state__in=ACTIVE)
    context = {
        "today": timezone.localdate(now),
        "tiles": [
            *_account_tiles(mandate, figures, rows.ending_soon(now).count()),
            _delegations(mandate, now),
            _last_feed(mandate),
        ],
        "runs": [
            {
                "label": f"{run.get_kind_display()}, {run.label}",
                "url": reverse("run", args=[mandate.uai, run.pk]),
                "processed": run.processed,
                "total": run.total,
            }
            for run in running
        ],
        "notices": _alarms(mandate, now),
    }
    return render(request, "home.html", context)


def _tile(figure: int, label: str, url: str, note: str) -> dict[str, Any]:
    return {"figure": figure, "label": label, "url": url, "note": note, "zero": figure == 0, "word": False}


def _account_tiles(mandate: ActiveMandate, figures: dict[ShownState, int], soon: int) -> list[dict[str, Any]]:
    here = reverse("students", args=[mandate.uai])

    def listed(*states: ShownState) -> str:
        return f"{here}?{urlencode({'etat': states}, doseq=True)}"

    waiting = figures[ShownState.NOTIFIED]
    return [
        _tile(
            figures[ShownState.NOT_NOTIFIED],
            "Comptes non notifiés",
            listed(ShownState.NOT_NOTIFIED),
            "élèves qui attendent leur premier courrier",
        ),
        _tile(
            waiting,
            "Notifiés, non activés",
            listed(ShownState.NOTIFIED),
            "ont reçu un mot de passe et ne s’en sont pas servis",
        ),
        _tile(
            figures[ShownState.EXPIRED],
            "Notifications expirées",
            listed(ShownState.EXPIRED),
            "leur mot de passe provisoire ne vaut plus rien : à renotifier",
        ),
        _tile(soon, "Notifications bientôt expirées", f"{here}?bientot=1", "finissent dans les 15 jours"),
        _tile(
            figures[ShownState.BLOCKED],
            "Comptes bloqués",
            listed(ShownState.BLOCKED),
            "par l’établissement, avec un motif",
        ),
    ]


def _delegations(mandate: ActiveMandate, now: Any) -> dict[str, Any]:
    ending = Mandate.objects.live(now).filter(
        school=mandate.uai, given_by__isnull=False, ends_at__lt=now + DELEGATION_NOTICE
    )
    return _tile(ending.count(), "Délégations qui finissent", reverse("home", args=[mandate.uai]), "dans les 30 jours")


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


def _last_feed(mandate: ActiveMandate) -> dict[str, Any]:
    entry = JournalEntry.objects.filter(uai=mandate.uai, event=Event.FEED_APPLIED).order_by("-sequence").first()
    read_at = timezone.localtime(entry.at) if entry else None
    return {
        "figure": f"{read_at:%d/%m/%Y}, {read_at.hour} h {read_at:%M}" if read_at else "Aucune",
        "label": "Dernière alimentation",
        "url": reverse("students", args=[mandate.uai]),
        "note": f"{entry.detail} : {entry.count} élèves lus" if entry else "aucun fichier n’a encore été lu",
        "zero": False,
        "word": True,
    }
