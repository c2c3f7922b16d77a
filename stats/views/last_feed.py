"""What Accueil says of feeds: the last one applied with its problems, and those that wait for somebody."""

from typing import Any

from django.db.models import F, Func, IntegerField
from django.urls import reverse

from accounts.actions.journal import Event
from accounts.enums import FeedState
from accounts.models import Feed, JournalEntry
from accounts.permissions import ActiveMandate, Permission

DOUBTFUL = Func(F("result__doubtful"), function="jsonb_array_length", output_field=IntegerField())
"""Lines to correct at the source. Counted in the base: a large school's report is never read for its length."""


def last_feed(mandate: ActiveMandate) -> dict[str, Any] | None:
    """When a delivery was last applied, what came of it, and where its problems are told."""
    entry = JournalEntry.objects.filter(uai=mandate.uai, event=Event.FEED_APPLIED).order_by("-sequence").first()
    if entry is None:
        return None
    told = {"at": entry.at, "detail": entry.detail, "count": entry.count or 0, "doubtful": 0, "url": ""}
    rows = Feed.objects.allowing(mandate, Permission.APPLY_FEEDS).filter(pk=entry.target)
    for feed in rows.defer("result").annotate(doubtful=DOUBTFUL):
        told |= {
            "doubtful": feed.doubtful or 0,
            "url": reverse("feed", args=[mandate.uai, feed.pk]),
            "is_taken_back": feed.state == FeedState.TAKEN_BACK,
        }
    return told


def feeds_to_see(mandate: ActiveMandate) -> list[dict[str, Any]]:
    """The latest delivery, where it waits for a word or was refused: until another one comes."""
    rows = Feed.objects.allowing(mandate, Permission.APPLY_FEEDS).defer("result").order_by("-created_at")[:1]
    return [
        {**NOTICES[FeedState(feed.state)], "url": reverse("feed", args=[mandate.uai, feed.pk])}
        for feed in rows
        if feed.state in NOTICES
    ]


NOTICES = {
    FeedState.READY: {
        "tone": "warning",
        "title": "Une alimentation attend votre accord",
        "text": "Elle a été lue, et rien n’a encore changé.",
        "link": "Voir ce qu’elle changerait",
    },
    FeedState.REFUSED: {
        "tone": "error",
        "title": "La dernière alimentation a été refusée",
        "text": "Rien n’a changé\u00a0: les comptes restent ce qu’ils étaient.",
        "link": "Voir pourquoi, et que faire",
    },
}
