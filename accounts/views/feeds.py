"""Alimentations: bring a delivery, see what it would change, apply it, take it back."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from accounts.actions.feeds import NotTakenBack, take_back
from accounts.actions.feeds.uploads import FeedUnderWayError, confirm, drop, receive
from accounts.actions.journal import Event, record
from accounts.models import Feed
from accounts.models.feed import ACTIVE
from accounts.permissions import Permission
from accounts.requests import SchoolRequest
from accounts.tasks import ring_feed
from accounts.views.feed_words import FIELDS, OBSTACLES, REFUSALS, doubtful_words, stop_words
from accounts.walls import actor_of, console_view

FILES = 20
HISTORY = 50
UNDER_WAY = "Une alimentation de cet établissement est déjà en cours\u00a0: attendez qu’elle finisse."


@console_view(Permission.APPLY_FEEDS, reads=True, writes=True)
def feeds(request: SchoolRequest) -> HttpResponse:
    uai, errors = request.mandate.uai, []
    if request.method == "POST":
        files = request.FILES.getlist("fichiers")
        errors = _faults(request, files)
        if not errors:
            try:
                feed = receive(
                    actor=actor_of(request), uai=uai, files=[(file.name or "", file.read()) for file in files]
                )
            except FeedUnderWayError:
                errors = [UNDER_WAY]
            else:
                ring_feed(feed)
                return redirect("feed", uai, feed.pk)
    rows = Feed.objects.allowing(request.mandate, Permission.APPLY_FEEDS).select_related("staff")
    context = {
        "feeds": [_line(feed) for feed in rows.defer("result").order_by("-created_at")[:HISTORY]],
        "errors": errors,
        "limit": settings.FEED_UPLOAD_BYTES // 1_000_000,
        "action_url": reverse("feeds", args=[uai]),
    }
    return render(request, "feeds/list.html", context, status=400 if errors else 200)


def _faults(request: SchoolRequest, files: list[Any]) -> list[str]:
    if request.mandate.classrooms is not None:
        return ["Une alimentation concerne tout l’établissement\u00a0: votre mandat n’ouvre que des classes."]
    if not files:
        return ["Fichiers\u00a0: choisissez au moins un fichier."]
    if len(files) > FILES:
        return [f"Fichiers\u00a0: {FILES} au plus à la fois."]
    if sum(file.size or 0 for file in files) > settings.FEED_UPLOAD_BYTES:
        return [f"Fichiers\u00a0: {settings.FEED_UPLOAD_BYTES // 1_000_000}\u00a0Mo au plus en tout."]
    return []


def _line(feed: Feed) -> dict[str, Any]:
    return {
        "url": reverse("feed", args=[feed.school_id, feed.pk]),
        "system": feed.system or "Livraison",
        "day": feed.day,
        "state_label": feed.get_state_display(),
        "who": feed.staff.get_full_name() if feed.staff else "Le système",
        "at": feed.applied_at or feed.created_at,
    }


def _feed(request: SchoolRequest, pk: UUID) -> Feed:
    found: Feed = get_object_or_404(Feed.objects.allowing(request.mandate, Permission.APPLY_FEEDS), pk=pk)
    return found


def note_view(request: SchoolRequest, pk: UUID) -> None:
    """Tell the journal that a delivery's pupils and lines are opened; while it is read it names nobody yet."""
    shown = Feed.objects.allowing(request.mandate, Permission.APPLY_FEEDS).filter(pk=pk).exclude(state__in=ACTIVE)
    if shown.exists():
        record(actor=actor_of(request), event=Event.FEED_VIEWED, uai=request.mandate.uai, target=pk)


@console_view(Permission.APPLY_FEEDS, reads=note_view)
def feed(request: SchoolRequest, pk: UUID) -> HttpResponse:
    shown = _feed(request, pk)
    result, uai = shown.result, shown.school_id
    refusal = result.get("refusal")
    nobody = {kind: {"count": 0, "rows": []} for kind in ("arrive", "leave", "move", "change")}
    differences = {**nobody, **(result.get("differences") or {})}
    changes = differences["change"]
    context = {
        "feed": _line(shown),
        "state": shown.state,
        "result": result,
        "refusal": refusal and {**refusal, "words": REFUSALS.get(refusal["reason"], refusal["reason"])},
        "stops": [stop_words(stop) for stop in result.get("stops", [])],
        "differences": differences,
        "changes": [{**row, "label": FIELDS.get(row["field"], row["field"])} for row in changes["rows"]],
        "doubtful": doubtful_words(result.get("doubtful", []), shown.system),
        "may_be_taken_back": shown.may_be_taken_back,
        **{f"{name}_url": reverse(f"feed_{name}", args=[uai, pk]) for name in ("confirm", "drop", "undo")},
        "feed_url": reverse("feed", args=[uai, pk]),
        "feeds_url": reverse("feeds", args=[uai]),
    }
    template = "feeds/_detail.html" if request.htmx else "feeds/detail.html"
    return render(request, template, context)


@console_view(Permission.APPLY_FEEDS, writes=True, step_up=("POST",))
def feed_confirm(request: SchoolRequest, pk: UUID) -> HttpResponse:
    chosen = _feed(request, pk)
    try:
        if confirm(feed=chosen):
            ring_feed(chosen)
    except FeedUnderWayError:
        messages.error(request, UNDER_WAY)
    return redirect("feed", chosen.school_id, pk)


@console_view(Permission.APPLY_FEEDS, writes=True)
def feed_drop(request: SchoolRequest, pk: UUID) -> HttpResponse:
    chosen = _feed(request, pk)
    drop(actor=actor_of(request), feed=chosen)
    return redirect("feeds", chosen.school_id)


@console_view(Permission.APPLY_FEEDS, writes=True, step_up=("POST",))
def feed_undo(request: SchoolRequest, pk: UUID) -> HttpResponse:
    chosen = _feed(request, pk)
    try:
        take_back(actor=actor_of(request), feed=chosen, uai=chosen.school_id)
    except NotTakenBack as refusal:
        words = OBSTACLES[refusal.obstacle]
        if refusal.names:
            more = f", et {refusal.more} de plus" if refusal.more else ""
            words = f"{words}\u00a0: {', '.join(refusal.names)}{more}."
        messages.error(request, words)
    else:
        messages.success(request, "Alimentation annulée\u00a0: tout est comme avant elle.")
    return redirect("feed", chosen.school_id, pk)
