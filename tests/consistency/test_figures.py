"""What the journal tells of accounts, the daily figures know how to read."""

from accounts.actions.journal import Event
from stats.keeping import STATE_AFTER

STATE_STAYS: set[Event] = set()
"""Events of an account after which its state is what it was."""


def test_every_event_of_an_account_says_its_state() -> None:
    told = {event for event in Event if event.value.startswith("account_")}
    assert told == STATE_STAYS | set(STATE_AFTER)
    assert not STATE_STAYS & set(STATE_AFTER)
