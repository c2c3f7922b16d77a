"""The rights of a person: what is held about them told whole, and what names them taken out (RGPD, articles 15, 17)."""

from typing import Any

from django.db import models, transaction
from django.utils import timezone

from accounts.actions.closing import forget, tidy
from accounts.actions.credentials import find_account
from accounts.actions.journal import EVENT_LABELS, Actor, Event, record
from accounts.enums import AccountState
from accounts.models import (
    Account,
    Dispute,
    Guardianship,
    JournalEntry,
    School,
    Schooling,
    Source,
    Student,
    account_model,
)
from educonnect_admin.toolkit.scope import school_transaction

NEVER_TOLD = frozenset({"password", "provisional_hash", "search_key", "sort_key"})
"""Secrets, and what is only made from the names."""


class EraseRefusedError(Exception):
    """Why an account cannot be made anonymous. Nothing was changed."""


def find_person(*, username: str = "", ine: str = "", uai: str = "") -> tuple[type[Account], Any, str] | None:
    """Model, id and a school of the account with this identifiant, or of the pupil with this INE in this school."""
    if username:
        found = find_account(username)
        if found is None or not found[2]:
            return None
        return account_model(found[0]), found[1], found[2]
    with school_transaction(uai):
        place = Schooling.objects.filter(school=uai, student__ine=ine.strip().upper()).first()
    return (Student, place.student_id, uai) if place else None


def schools_of(model: type[Account], pk: Any) -> list[str]:
    """The schools that hold anything of the person, left or not: each is asked in its own scope."""
    found = []
    for uai in School.objects.order_by("uai").values_list("uai", flat=True):
        with school_transaction(uai):
            if any(rows.exists() for rows in _held(model, pk, uai).values()):
                found.append(uai)
    return found


def _held(model: type[Account], pk: Any, uai: str) -> dict[str, models.QuerySet[Any]]:
    """The rows of one school about the person, by kind."""
    link = {"student" if model is Student else "guardian": pk}
    kinds: list[type[models.Model]] = [Guardianship, Source, Dispute]
    if model is Student:
        kinds.insert(0, Schooling)
    return {f"{kind._meta.model_name}s": kind._default_manager.filter(school=uai, **link) for kind in kinds}


def export_person(*, actor: Actor, model: type[Account], pk: Any, uai: str) -> dict[str, Any]:
    """All that is held about the person, the journal's entries included; told to the journal of the school."""
    with school_transaction(uai):
        account = model._default_manager.get(pk=pk)
        record(actor=actor, event=Event.PERSON_EXPORTED, uai=uai, target=account.pk)
    told = {}
    for school in schools_of(model, pk):
        with school_transaction(school):
            entries = JournalEntry.objects.filter(uai=school, target=pk).order_by("sequence")
            told[school] = {
                **{kind: [_fields(row) for row in rows] for kind, rows in _held(model, pk, school).items()},
                "journal": [{"at": entry.at, "what": EVENT_LABELS.get(entry.event, entry.event)} for entry in entries],
            }
    return {"kind": model._meta.model_name, "told_at": timezone.now(), "account": _fields(account), "schools": told}


def _fields(row: models.Model) -> dict[str, Any]:
    return {
        field.name: getattr(row, field.attname)
        for field in row._meta.concrete_fields
        if field.name not in NEVER_TOLD and not isinstance(field, models.BinaryField)
    }


@transaction.atomic
def erase(*, actor: Actor, model: type[Account], pk: Any, uai: str, reason: str = "") -> None:
    """Make the account anonymous, for good, and close it, as the end of its delay would (`closing`).

    EraseRefusedError while a feed still names the person, unless there is
    a reason.
    """
    schools = schools_of(model, pk)
    if not reason and any(_is_fed(model, pk, school) for school in schools):
        raise EraseRefusedError("a feed still names this person: --force REASON if it must be")
    with school_transaction(uai):
        account = model._default_manager.select_for_update(no_key=True).get(pk=pk)
        forget(model, [account.pk], timezone.now())
        record(actor=actor, event=Event.ACCOUNT_ERASED, uai=uai, target=account.pk, detail=reason)
    for school in schools:
        with school_transaction(school):
            tidy(school)


def _is_fed(model: type[Account], pk: Any, uai: str) -> bool:
    """Named by a feed of the school, and neither closed nor about to be."""
    with school_transaction(uai):
        account = model._default_manager.filter(pk=pk).first()
        is_over = account is None or account.state == AccountState.CLOSED or account.closing_on is not None
        return not is_over and _held(model, pk, uai)["sources"].exists()
