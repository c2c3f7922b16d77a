"""manage.py notify_schools --as IDENTIFIANT --campaign NAME [UAI ...] [--all-of-file FILE] [--output FOLDER]"""

import os
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

import django
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from accounts.actions.journal import Actor
from accounts.actions.volumes import CapReachedError
from accounts.enums import AccountState, Assurance
from accounts.middleware import activate
from accounts.models import Mandate, School, Schooling, Staff
from accounts.permissions import ActiveMandate, Permission, can
from educonnect_admin.toolkit.scope import reading, school_transaction
from notifications.actions.documents import handed_to, handouts, note_opening
from notifications.actions.runs import RunBusyError, draft_run, launch
from notifications.actions.work import process_chunk
from notifications.enums import RunKind, RunState
from notifications.models import Run
from notifications.views.run_documents import DOCUMENTS

CAMPAIGNS = UUID("6f0e1f5a-5f0c-4d53-9f0b-0d5b8e2f7a11")
"""The name space of their names: the same campaign asks a school once."""

LETTERS = "courriers"
PAUSE = 0.2
"""Seconds between two looks at a run that a worker has in hand."""


@dataclass(frozen=True, slots=True)
class Errand:
    """One school's part of a campaign. Without a folder no letter is written."""

    uai: str
    staff_id: int
    campaign: str
    again: bool
    folder: str


class Command(BaseCommand):
    help = (
        "Notify the pupils of many schools, a run a school, under the mandates of one person. Its processes do what"
        " workers do; should they be stopped, workers finish the runs, and the same call goes on from there."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("schools", nargs="*", metavar="UAI")
        parser.add_argument("--all-of-file", default="", metavar="FILE", help="more schools, a UAI a line")
        parser.add_argument("--as", dest="username", required=True, metavar="IDENTIFIANT", help="whose runs they are")
        parser.add_argument("--campaign", required=True, metavar="NAME", help="the same name asks each school once")
        parser.add_argument("--again", action="store_true", help="also those notified who have not activated")
        parser.add_argument(
            "--output", default="", metavar="FOLDER", help="write the letters there, IN CLEAR, readable by you alone"
        )
        parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, metavar="N")

    def handle(self, *args: Any, schools: list[str], all_of_file: str, output: str, **options: Any) -> None:
        staff = Staff.objects.filter(username=options["username"], is_active=True).first()
        if staff is None:
            raise CommandError("Nobody at work has this identifiant.")
        if output:
            Path(output).mkdir(mode=0o700, parents=True, exist_ok=True)
            self.stderr.write(
                f"WARNING: letters hold passwords and stand in clear in {output}. Delete them once printed."
            )
        else:
            self.stdout.write("No letter is written: their documents open in the console, for who ran them.")
        told = (staff.pk, options["campaign"], options["again"], output)
        errands = [Errand(uai, *told) for uai in _asked(schools, all_of_file)]
        failed = 0
        for uai, words, is_well in _done(errands, options["processes"]):
            failed += not is_well
            self.stdout.write(f"{uai}  {words}")
        if failed:
            raise CommandError(f"{failed} of {len(errands)} schools are left: run it again with the same name.")


def _asked(schools: list[str], path: str) -> list[str]:
    lines = Path(path).read_text("utf-8").splitlines() if path else []
    asked = list(dict.fromkeys(uai.strip().upper() for uai in [*schools, *lines] if uai.strip()))
    known = set(School.objects.filter(pk__in=asked).values_list("pk", flat=True))
    if unknown := [uai for uai in asked if uai not in known]:
        raise CommandError(f"No such school: {', '.join(unknown)}. Nothing was done.")
    if not asked:
        raise CommandError("Which schools?")
    return asked


def _done(errands: list[Errand], processes: int) -> Iterator[tuple[str, str, bool]]:
    """Each school as it is finished: what came of it, and whether it is well."""
    if processes <= 1 or len(errands) == 1:
        yield from map(run_errand, errands)
        return
    # Processes begun anew, not forked: a connection to the base is nobody else's.
    with ProcessPoolExecutor(processes, get_context("spawn"), initializer=django.setup) as pool:
        for done in as_completed([pool.submit(run_errand, errand) for errand in errands]):
            yield done.result()


def run_errand(errand: Errand) -> tuple[str, str, bool]:
    """One school from its draft to its letters. What fails here stops no other school."""
    try:
        return (errand.uai, *_treated(errand))
    except Exception as error:  # whatever it is: told by its kind, and tried again by the next call
        return errand.uai, f"failed: {type(error).__name__}", False


def _treated(errand: Errand) -> tuple[str, bool]:
    mandate = _mandate(errand)
    if mandate is None:
        return "left out: no live mandate on the whole school that may notify", False
    actor = Actor(staff_id=errand.staff_id, mandate_id=mandate.mandate_id)
    with school_transaction(errand.uai):
        run = _drafted(errand, mandate, actor)
    if run is None:
        return "nobody to notify", True
    try:
        with school_transaction(errand.uai):
            run = launch(actor=actor, run=run, include_activated=False)
    except RunBusyError:
        return "left out: another notification is under way", False
    except CapReachedError as reached:
        return f"left out: the hour's cap is reached, until {timezone.localtime(reached.opens_at):%H:%M}", False
    run = _ended(run)
    if run.state != RunState.DONE:
        return f"stopped: {run.state}", False
    written = f", {_letters(mandate, actor, run, Path(errand.folder))}" if errand.folder else ""
    return f"{run.processed} accounts, {run.refused} refused{written}", True


def _mandate(errand: Errand) -> ActiveMandate | None:
    held = Mandate.objects.live().for_current().filter(staff=errand.staff_id, school=errand.uai, whole_school=True)
    mandates = [activate(each, Assurance.OTP) for each in held]
    return next((each for each in mandates if can(each, Permission.NOTIFY_STUDENTS)), None)


def _drafted(errand: Errand, mandate: ActiveMandate, actor: Actor) -> Run | None:
    """The campaign's run of this school: the one that was asked for before, or a new one over those it is for now."""
    key = uuid5(CAMPAIGNS, f"{errand.campaign} {errand.uai}")
    before: Run | None = Run.objects.filter(requested_by=errand.staff_id, key=key).select_related("school").first()
    if before:
        return before
    wanted = [AccountState.NOT_NOTIFIED, *([AccountState.NOTIFIED] if errand.again else [])]
    rows = Schooling.objects.allowing(mandate, Permission.NOTIFY_STUDENTS).filter(student__state__in=wanted)
    students = list(rows.order_by("sort_key").values_list("student_id", flat=True))
    if not students:
        return None
    label = f"campagne {errand.campaign}"[:200]
    return draft_run(actor=actor, mandate=mandate, kind=RunKind.NOTIFY, students=students, label=label, key=key)


def _ended(run: Run) -> Run:
    """The run once it has ended, by this process or by a worker: who holds its row carries on, the other waits."""
    while True:
        while process_chunk(run_id=run.pk, uai=run.school_id):
            pass
        with reading(run.school_id):
            run = Run.objects.select_related("school", "requested_by").get(pk=run.pk)
        if run.has_ended:
            return run
        time.sleep(PAUSE)


def _letters(mandate: ActiveMandate, actor: Actor, run: Run, folder: Path) -> str:
    """Written whole or not at all, for the reader of this process alone."""
    path = folder / f"lettres-{run.school_id}.pdf"
    if path.exists():
        return "letters were there"
    with school_transaction(run.school_id):
        accounts = handed_to(mandate=mandate, run=run, with_secrets=True) if run.has_payload else []
        if not accounts:
            return "no letter can be opened any more"
        note_opening(actor=actor, run=run, kind=LETTERS, accounts=accounts, hands_over=True)
        people = handouts(mandate=mandate, run=run, with_secrets=True)
        pieces = DOCUMENTS[LETTERS].make(run, people, "")
        part = path.with_suffix(".part")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600), "wb") as file:
            file.writelines(pieces)
    part.rename(path)
    return f"{len(people)} letters written"
