"""Who acts in these tests, and what they do, in the scope of the school."""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connections

from accounts import provisional
from accounts.actions.credentials import opens
from accounts.actions.journal import Actor
from accounts.enums import Assurance, Role
from accounts.middleware import activate
from accounts.models import JournalEntry, Mandate, School, Schooling, Student
from accounts.permissions import ActiveMandate
from notifications.actions.runs import draft_run, launch
from notifications.actions.work import process_chunk
from notifications.enums import RunKind
from notifications.models import Run, SealedSecret
from tests.factories import SchoolingFactory
from tests.visitors import mandated


@dataclass(frozen=True)
class Person:
    """Someone at work: the mandate as a request has it, and the name that the journal writes."""

    mandate: ActiveMandate
    actor: Actor

    def held(self) -> Mandate:
        return Mandate.objects.get(pk=self.mandate.mandate_id)


def someone(role: Role, school: School, **options: Any) -> Person:
    """A new member of staff with this mandate, well known."""
    return as_person(Mandate.objects.for_current().get(staff=mandated(role, school, **options)))


def as_person(held: Mandate) -> Person:
    mandate = activate(held, Assurance.OTP)
    return Person(mandate, Actor(staff_id=mandate.staff_id, mandate_id=mandate.mandate_id, address="192.0.2.10"))


def ids(places: Iterable[Schooling]) -> list[UUID]:
    return [place.student_id for place in places]


def draft(who: Person, students: Iterable[UUID], kind: RunKind = RunKind.NOTIFY, key: UUID | None = None) -> Run:
    return draft_run(
        actor=who.actor, mandate=who.mandate, kind=kind, students=students, label="essai", key=key or uuid4()
    )


def finished(who: Person, students: Iterable[UUID], *, include_activated: bool = False) -> Run:
    """A run launched and treated to its end, as a worker does."""
    run = launch(actor=who.actor, run=draft(who, students), include_activated=include_activated)
    while process_chunk(run_id=run.pk, uai=run.school_id):
        pass
    run.refresh_from_db()
    return run


def outcomes(run: Run) -> dict[UUID, str]:
    return dict(run.items.values_list("student_id", "outcome"))


def told(target: UUID) -> list[tuple[str, int | None]]:
    """What the journal tells of a run or an account: who did what."""
    entries = JournalEntry.objects.filter(target=target).order_by("sequence")
    return [(entry.event, entry.staff_id) for entry in entries]


def sealed_secrets(student: UUID) -> list[str]:
    """The readable passwords that are kept for this account."""
    return [
        provisional.unsealed(settings.CONSOLE_KEYS, student, row.item.run_id, bytes(row.sealed))
        for row in SealedSecret.objects.filter(account_id=student).select_related("item")
    ]


def opened_by(student: UUID, typed: str) -> bool:
    return opens(Student.objects.get(pk=student), typed)


def crowd(school: School, room: object, number: int, **options: Any) -> list[UUID]:
    return ids(SchoolingFactory.create_batch(number, school=school, classroom=room, **options))


def at_once(number: int, act: Callable[[int], Any]) -> list[Any]:
    """What `act` answers in so many threads, each with a connection of its own; exceptions are answers too."""

    def alone(place: int) -> Any:
        try:
            return act(place)
        except Exception as error:
            return error
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as threads:
        return list(threads.map(alone, range(number)))
