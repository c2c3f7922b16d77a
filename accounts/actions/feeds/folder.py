"""The watched folder: deliveries dropped there are applied by themselves, whole, once they no longer grow.

A delivery is a folder, an archive, or all the loose XML and CSV files together. When it is done with it lies in `done`
or in `refused`, beside a report; what could not be applied stays there until a person does it with `import_feed`. It
is moved after it was applied: whoever dies in between applies it again, which changes nothing.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import structlog
from django.db import connection, transaction
from django.utils import timezone

from accounts.actions.feeds.apply import Plan, apply_delivery
from accounts.actions.feeds.result import FeedResult, NotApplied, RefusedLine, Stopped
from accounts.actions.journal import SYSTEM
from accounts.feeds.delivery import Delivery, read_delivery
from accounts.feeds.report import Refusal

log = structlog.get_logger(__name__)

DONE, REFUSED, NOTES = "done", "refused", ".seen.json"
WINDOW = timedelta(days=7)
"""How far a delivery's day may be from today's to be applied without a person."""

ONE_AT_A_TIME = "SELECT pg_try_advisory_xact_lock(hashtext('console feed folder'))"
READ = (".xml", ".csv")
ARCHIVES = (".zip", ".tgz", ".tar.gz")
OUT_OF_WINDOW = "of a day more than 7 days from today's, or of none: import_feed applies it"
GUARD = "stopped by the guard: import_feed --confirm applies it"


@dataclass(frozen=True, slots=True)
class Drop:
    """What lies in the folder as one delivery."""

    name: str
    paths: tuple[Path, ...]

    def signature(self) -> list[list[Any]]:
        """Changes as long as anything of it is being written."""
        files = [file for path in self.paths for file in ([path] if path.is_file() else path.rglob("*"))]
        return sorted([str(file), file.stat().st_size, file.stat().st_mtime_ns] for file in files)


def look_into(folder: Path, now: datetime, quiet: timedelta) -> int:
    """Apply what has lain still in the folder for `quiet`. How many deliveries were done with, applied or refused."""
    if not folder.is_dir():
        log.error("feed_folder_is_absent", folder=str(folder))
        return 0
    settled = list(_settled(folder, now, quiet))
    return sum(_take(drop, folder, now) for drop in sorted(settled, key=_day))


def _drops(folder: Path) -> Iterator[Drop]:
    """Links, hidden files and whatever is no delivery are left where they are."""
    loose = []
    for path in sorted(folder.iterdir()):
        if path.is_symlink() or path.name.startswith(".") or path.name in (DONE, REFUSED):
            continue
        name = path.name.lower()
        if path.is_dir() or name.endswith(ARCHIVES):
            yield Drop(path.name, (path,))
        elif name.endswith(READ):
            loose.append(path)
    if loose:
        yield Drop("files", tuple(loose))


def _settled(folder: Path, now: datetime, quiet: timedelta) -> Iterator[Drop]:
    """Those that are what they were at a look `quiet` ago. Times of files alone would not do: copying may keep them."""
    notes = folder / NOTES
    try:
        former = json.loads(notes.read_text())
    except (OSError, ValueError):
        former = {}
    seen = {}
    for drop in _drops(folder):
        note = former.get(drop.name)
        signature = drop.signature()
        is_same = isinstance(note, dict) and note.get("signature") == signature
        since = note["since"] if is_same else now.timestamp()
        seen[drop.name] = {"signature": signature, "since": since}
        if signature and now.timestamp() - since >= quiet.total_seconds():
            yield drop
    notes.write_text(json.dumps(seen))


def _day(drop: Drop) -> tuple[date, str]:
    """Deliveries go in by their days; one that cannot be read is refused when its turn comes."""
    try:
        return (read_delivery(drop.paths).day or date.max, drop.name)
    except Refusal:
        return (date.max, drop.name)


def _take(drop: Drop, folder: Path, now: datetime) -> bool:
    """False where another process is at it."""
    today = timezone.localdate(now)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute(ONE_AT_A_TIME)
                if not cursor.fetchone()[0]:
                    return False
            result = apply_delivery(actor=SYSTEM, delivery=_of_this_week(drop, today), plan=Plan(today))
    except Stopped as stopped:
        stops = [RefusedLine("", stop.uai, "", f"{stop.reason}: {stop.detail}") for stop in stopped.result.stops]
        stopped.result.refused[:0] = [RefusedLine(drop.name, "", "", GUARD), *stops]
        _put_away(drop, folder / REFUSED, now, stopped.result)
    except (Refusal, NotApplied) as refusal:
        _put_away(drop, folder / REFUSED, now, FeedResult(refused=[RefusedLine.of_whole(refusal)]))
    except _OutOfWindowError:
        _put_away(drop, folder / REFUSED, now, FeedResult(refused=[RefusedLine(drop.name, "", "", OUT_OF_WINDOW)]))
    else:
        _put_away(drop, folder / DONE, now, result)
    return True


class _OutOfWindowError(Exception):
    """Too old, too new, or of no day."""


def _of_this_week(drop: Drop, today: date) -> Delivery:
    delivery = read_delivery(drop.paths)
    if delivery.day is None or abs(delivery.day - today) > WINDOW:
        raise _OutOfWindowError
    return delivery


def _put_away(drop: Drop, where: Path, now: datetime, result: FeedResult) -> None:
    """Move the delivery, and write beside it what came of it; only the console's own user may read either."""
    place = where / f"{timezone.localtime(now):%Y%m%d-%H%M%S}-{drop.name}"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    for path in drop.paths:
        path.rename(place / path.name)
    report = place / "report.json"
    report.touch(mode=0o600)
    report.write_text(json.dumps(result.as_dict(), ensure_ascii=False, indent=1))
    log.info("feed_folder_delivery", outcome=where.name, place=place.name, refused=len(result.refused))
