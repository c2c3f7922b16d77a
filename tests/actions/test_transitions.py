"""The full product of states, events and kinds: what each act makes of an account, on the base."""

from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.actions.account_changes import ImpossibleError, block, unblock
from accounts.actions.activation import LetterEndedError, Opened, activate, mark_of
from accounts.actions.closing import close_due_accounts
from accounts.actions.credentials import give_provisionals, void_provisionals
from accounts.actions.france_connect import Identity, enter
from accounts.actions.guardian_activation import activation_token, begin_activation, finish_activation
from accounts.actions.journal import SYSTEM
from accounts.enums import AccountState, BlockReason, Origin, Population, UnblockReason
from accounts.lifecycle import DONE, TRANSITIONS, Event, notify_outcome
from accounts.models import FranceConnectTie, Guardian, Guardianship
from educonnect_admin.toolkit.scope import scope
from tests.factories import GuardianFactory, GuardianshipFactory, SchoolFactory, SchoolingFactory
from tests.visitors import HERE

GRID = """
              notify    begin       activate   block    unblock       close   freeze        return
not_notified  notified  .           .          blocked  .             closed  .             activated
notified      notified  activating  activated  blocked  .             closed  not_notified  .
activating    notified  .           activated  blocked  .             closed  .             .
activated     notified  .           .          blocked  .             closed  .             .
blocked       .         .           .          .        not_notified  closed  .             .
closed        .         .           .          .        .             .       .             .
"""
"""What may follow what (product.md, "Accounts and their life"); a dot: nothing does."""
HEAD, *ROWS = [line.split() for line in GRID.strip().splitlines()]
WANTED = {(row[0], event): row[number] for row in ROWS for number, event in enumerate(HEAD, start=1)}
OTHERWISE = {
    (Population.STUDENTS, "notified", "begin"): ".",
    (Population.STUDENTS, "activating", "activate"): ".",
    (Population.GUARDIANS, "notified", "activate"): ".",
    (Population.STUDENTS, "not_notified", "return"): ".",
}
"""Pupils have no e-mail to confirm, nor FranceConnect; guardians who come by letter always have an e-mail."""
BORN = date(2014, 3, 14)


def test_the_table_of_transitions_is_the_grid() -> None:
    assert {(state.value, event.value): after.value for (state, event), after in TRANSITIONS.items()} == {
        key: after for key, after in WANTED.items() if after != "."
    }
    assert set(WANTED) == {(state.value, event.value) for state in AccountState for event in Event}


def made(population: Population, state: AccountState) -> Any:
    is_live = state is AccountState.NOTIFIED
    told: dict[str, Any] = {
        "state": state,
        "password": "!own" if state in (AccountState.ACTIVATED, AccountState.ACTIVATING) else "",
        "provisional_hash": b"\x01" + b"n" * 32 if is_live else None,
        "provisional_expires_at": timezone.now() + timedelta(days=9) if is_live else None,
        "blocked_reason": "motif" if state is AccountState.BLOCKED else "",
    }
    of_pupil = told if population is Population.STUDENTS else {}
    place = SchoolingFactory(
        school__uai=HERE, student__birth_date=BORN, **{f"student__{k}": v for k, v in of_pupil.items()}
    )
    if population is Population.STUDENTS:
        return place.student
    return GuardianshipFactory(school=place.school, student=place.student, guardian=GuardianFactory(**told)).guardian


def notify(account: Any, school: Any) -> None:
    facts = {"origin": account.origin, "is_leaving": account.is_leaving, "include_activated": True}
    if notify_outcome(AccountState(account.state), **facts) in DONE:
        give_provisionals(actor=SYSTEM, school=school, accounts=[account], now=timezone.now())


def begin(account: Any, school: Any) -> None:
    if isinstance(account, Guardian):
        dates = {Guardianship.objects.get(guardian=account).student_id: BORN}
        opened = Opened(account.pk, HERE, mark_of(account), is_activated=False, population=Population.GUARDIANS)
        what = {"password_hash": "!own", "dates": dates, "email": "o@example.org", "now": timezone.now()}
        begin_activation(actor=SYSTEM, opened=opened, **what)


def activated(account: Any, school: Any) -> None:
    if isinstance(account, Guardian):
        finish_activation(actor=SYSTEM, token=activation_token(account, HERE), now=timezone.now())
    else:
        opened = Opened(account.pk, HERE, mark_of(account), is_activated=False)
        activate(actor=SYSTEM, opened=opened, password_hash="!own", birth_date=BORN, now=timezone.now())


def shut(account: Any, school: Any) -> None:
    what = {"actor": SYSTEM, "uai": HERE, "account": account, "version": account.version}
    block(reason=BlockReason.STOLEN, **what)


def lift(account: Any, school: Any) -> None:
    what = {"actor": SYSTEM, "uai": HERE, "account": account, "version": account.version}
    unblock(reason=UnblockReason.SETTLED, **what)


def close(account: Any, school: Any) -> None:
    type(account)._default_manager.filter(pk=account.pk).update(closing_on=timezone.localdate())
    close_due_accounts(actor=SYSTEM, school=school, now=timezone.now())


def come_back(account: Any, school: Any) -> None:
    """A guardian whose account goes by FranceConnect, or would if it had no provisional password."""
    if isinstance(account, Guardian):
        if account.state != AccountState.NOTIFIED:
            Guardian.objects.filter(pk=account.pk).update(origin=Origin.FRANCE_CONNECT)
        identity = Identity(b"subject", "Ondine", account.last_name, "", "proof")
        FranceConnectTie.objects.create(
            subject_hash=b"subject", account_id=account.pk, mark="", created_at=account.created_at
        )
        enter(actor=SYSTEM, identity=identity, now=timezone.now())


ACTS: dict[str, Callable[[Any, Any], None]] = {
    "notify": notify,
    "begin": begin,
    "activate": activated,
    "block": shut,
    "unblock": lift,
    "close": close,
    "freeze": lambda account, school: void_provisionals(actor=SYSTEM, uai=HERE),
    "return": come_back,
}


@pytest.mark.django_db
@pytest.mark.parametrize("population", Population)
@pytest.mark.parametrize("state", AccountState)
@pytest.mark.parametrize("event", HEAD)
def test_each_act_makes_of_each_account_what_the_grid_says(
    population: Population, state: AccountState, event: str
) -> None:
    school = SchoolFactory(uai=HERE)
    wanted = OTHERWISE.get((population, state.value, event), WANTED[state.value, event])
    with scope(HERE):
        account = made(population, state)
        with suppress(ImpossibleError, LetterEndedError), transaction.atomic():
            ACTS[event](account, school)
        account.refresh_from_db()
        assert account.state == (state if wanted == "." else wanted)
        assert (account.provisional_hash is not None) == (account.state == AccountState.NOTIFIED)
        has_own = account.state in (AccountState.ACTIVATED, AccountState.ACTIVATING)
        assert bool(account.password) == has_own
