"""A delivery that a school's page brings: kept in the base, read by a worker, applied once a person has seen it."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from accounts.actions.feeds.apply import Plan, apply_delivery
from accounts.actions.feeds.result import FeedResult, NotApplied
from accounts.actions.journal import Actor, Event, record
from accounts.enums import FeedState
from accounts.feeds.delivery import read_delivery
from accounts.feeds.report import Refusal
from accounts.models import Feed, FeedFile
from educonnect_admin.toolkit.scope import school_transaction

KEPT_SIGNS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-")


class FeedUnderWayError(Exception):
    """Another delivery of this school is being read or applied."""


def receive(*, actor: Actor, uai: str, files: Iterable[tuple[str, bytes]]) -> Feed:
    """Keep the files of a delivery for a worker to read. Raises `FeedUnderWayError`."""
    feed = Feed(school_id=uai, state=FeedState.WAITING, staff_id=actor.staff_id, mandate_id=actor.mandate_id)
    try:
        with transaction.atomic():
            feed.save(force_insert=True)
    except IntegrityError:
        raise FeedUnderWayError from None
    FeedFile.objects.bulk_create(
        FeedFile(feed=feed, school_id=uai, name=_plain(name), content=content) for name, content in files
    )
    record(actor=actor, event=Event.FEED_UPLOADED, uai=uai, target=feed.pk)
    return feed


def confirm(*, feed: Feed) -> bool:
    """Have a delivery applied that a person has seen. False where that is no longer asked."""
    ready = Feed.objects.filter(pk=feed.pk, state=FeedState.READY)
    try:
        with transaction.atomic():
            return bool(ready.update(state=FeedState.APPLYING, heartbeat_at=timezone.now()))
    except IntegrityError:
        raise FeedUnderWayError from None


def drop(*, actor: Actor, feed: Feed) -> None:
    """Give a delivery up that was not applied."""
    if Feed.objects.filter(pk=feed.pk, state=FeedState.READY).update(state=FeedState.DROPPED):
        FeedFile.objects.filter(feed=feed).delete()
        record(actor=actor, event=Event.FEED_DROPPED, uai=feed.school_id, target=feed.pk)


def work_on(*, feed_id: UUID, uai: str) -> None:
    """Read a delivery that waits, and roll back what it would do; or apply it. Twice, or after a crash: no harm."""
    with school_transaction(uai):
        feed = Feed.objects.select_for_update(of=("self",)).filter(pk=feed_id).first()
        if feed is None or not feed.is_active:
            return
        feed.heartbeat_at = timezone.now()
        feed.save(update_fields=["heartbeat_at"])
        is_rehearsal = feed.state == FeedState.WAITING
    try:
        result = _apply(feed, is_rehearsal=is_rehearsal)
    except (Refusal, NotApplied) as refusal:
        _note(feed, FeedState.REFUSED, {"refusal": _told(refusal)})
    else:
        if is_rehearsal:
            _note(feed, FeedState.READY, result.for_school(uai))
    with school_transaction(uai):
        if not Feed.objects.filter(pk=feed_id, state=FeedState.READY).exists():
            FeedFile.objects.filter(feed_id=feed_id).delete()


def waiting_feeds(seconds: int) -> list[tuple[UUID, str]]:
    """Those that nobody works on any more, of all schools."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT feed_id, uai FROM list_waiting_feeds(%s)", [seconds])
        found: list[tuple[UUID, str]] = cursor.fetchall()
        return found


def forget_feeds() -> None:
    """Uploaded files that are done with or a day old, and traces that can no longer be needed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT forget_feed_files(), forget_feed_traces()")


def _apply(feed: Feed, is_rehearsal: bool) -> FeedResult:
    """The files stand in a folder of the worker's own while they are read."""
    uai = feed.school_id
    actor = Actor(staff_id=feed.staff_id, mandate_id=feed.mandate_id)
    with tempfile.TemporaryDirectory(prefix="feed-") as folder:
        with school_transaction(uai):
            for position, file in enumerate(FeedFile.objects.filter(feed=feed).order_by("name", "id")):
                place = Path(folder) / f"{position}"
                place.mkdir()
                (place / file.name).write_bytes(file.content)
        paths = sorted(file for file in Path(folder).rglob("*") if file.is_file())
        plan = Plan(timezone.localdate(), uai, confirmed=True, feed=feed, wants_differences=True)
        with transaction.atomic():
            result = apply_delivery(actor=actor, delivery=read_delivery(paths, uai), plan=plan)
            transaction.set_rollback(is_rehearsal)
        return result


def _note(feed: Feed, state: FeedState, result: dict[str, object]) -> None:
    with school_transaction(feed.school_id):
        Feed.objects.filter(pk=feed.pk, state=feed.state).update(state=state, result=result)


def _told(refusal: Refusal | NotApplied) -> dict[str, object]:
    line = refusal.line if isinstance(refusal, Refusal) else None
    return {"reason": str(refusal.reason), "file": refusal.file, "line": line, "detail": refusal.detail}


def _plain(name: str) -> str:
    """A file's name as far as it is harmless: what it ends with tells the kind of file."""
    own = "".join(sign if sign in KEPT_SIGNS else "_" for sign in name.replace("\\", "/").rpartition("/")[2])
    return own.lstrip(".")[-120:] or "fichier"
