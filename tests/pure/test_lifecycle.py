"""What notifying comes to, and what the screen shows: every combination there is (product.md, "Accounts")."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from accounts.enums import AccountState, Origin, ShownState
from accounts.lifecycle import DONE, LEFT_OUT, REFUSED, TRANSITIONS, Event, Outcome, notify_outcome, shown_state

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
ORIGINS = ("", *Origin.values)
OF_STATE = {
    AccountState.NOT_NOTIFIED: Outcome.NOTIFIED,
    AccountState.NOTIFIED: Outcome.RENOTIFIED,
    AccountState.ACTIVATING: Outcome.RENOTIFIED,
    AccountState.ACTIVATED: Outcome.RENOTIFIED,
    AccountState.BLOCKED: Outcome.BLOCKED,
    AccountState.CLOSED: Outcome.CLOSED,
}
"""An account that came by letter, present in its school, activated ones included."""


def expected(state: AccountState, origin: str, is_leaving: bool, include_activated: bool) -> Outcome:
    if state is not AccountState.CLOSED and is_leaving:
        return Outcome.LEAVING
    if OF_STATE[state] in REFUSED:
        return OF_STATE[state]
    if origin == Origin.FRANCE_CONNECT:
        return Outcome.FRANCE_CONNECT
    if state is AccountState.ACTIVATED and not include_activated:
        return Outcome.ACTIVATED
    return OF_STATE[state]


@pytest.mark.parametrize(
    ("state", "origin", "is_leaving", "include"), list(product(AccountState, ORIGINS, (False, True), (False, True)))
)
def test_what_notifying_comes_to(state: AccountState, origin: str, is_leaving: bool, include: bool) -> None:
    outcome = notify_outcome(state, origin=origin, is_leaving=is_leaving, include_activated=include)
    assert outcome is expected(state, origin, is_leaving, include)


@pytest.mark.parametrize("state", AccountState)
def test_what_is_done_is_a_transition_and_the_reverse(state: AccountState) -> None:
    outcome = notify_outcome(state, origin="", is_leaving=False, include_activated=True)
    assert (outcome in DONE) == ((state, Event.NOTIFY) in TRANSITIONS)
    assert TRANSITIONS.get((state, Event.NOTIFY), AccountState.NOTIFIED) is AccountState.NOTIFIED


def test_every_outcome_is_done_left_out_refused_or_still_pending() -> None:
    assert {Outcome.PENDING} | DONE | LEFT_OUT | REFUSED == set(Outcome)
    assert len(DONE) + len(LEFT_OUT) + len(REFUSED) == len(Outcome) - 1


@pytest.mark.parametrize("state", AccountState)
def test_nothing_leaves_a_closed_account_and_everything_else_can_be_closed(state: AccountState) -> None:
    assert (state, Event.CLOSE) in TRANSITIONS or state is AccountState.CLOSED
    assert not [event for event in Event if (AccountState.CLOSED, event) in TRANSITIONS]


def test_only_lifting_leads_out_of_a_blocked_account_alive() -> None:
    ways = {event for event in Event if (AccountState.BLOCKED, event) in TRANSITIONS}
    assert ways == {Event.UNBLOCK, Event.CLOSE}


ENDS = (None, NOW - timedelta(seconds=1), NOW, NOW + timedelta(days=1))


@pytest.mark.parametrize(("state", "expires_at", "is_leaving"), list(product(AccountState, ENDS, (False, True))))
def test_what_the_screen_shows(state: AccountState, expires_at: datetime | None, is_leaving: bool) -> None:
    shown = shown_state(state, expires_at=expires_at, is_leaving=is_leaving, now=NOW)
    if state is AccountState.CLOSED:
        assert shown is ShownState.CLOSED
    elif is_leaving:
        assert shown is ShownState.LEAVING
    elif state is AccountState.NOTIFIED and expires_at == ENDS[1]:
        assert shown is ShownState.EXPIRED
    else:
        assert shown.value == state.value
