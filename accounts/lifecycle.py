"""What may follow what in the life of an account. Pure data: buttons, actions and bulk updates all read it.

Source: product.md, "Accounts and their life".
"""

from datetime import datetime
from enum import StrEnum

from django.db.models import TextChoices

from accounts.enums import AccountState, Origin, ShownState

State = AccountState


class Event(StrEnum):
    """What can happen to an account."""

    NOTIFY = "notify"
    BEGIN = "begin"
    ACTIVATE = "activate"
    BLOCK = "block"
    UNBLOCK = "unblock"
    CLOSE = "close"
    FREEZE = "freeze"
    RETURN = "return"
    """By FranceConnect, after a block: the one way back of an account that is given no password."""


TRANSITIONS: dict[tuple[AccountState, Event], AccountState] = {
    (State.NOT_NOTIFIED, Event.NOTIFY): State.NOTIFIED,
    (State.NOTIFIED, Event.NOTIFY): State.NOTIFIED,
    (State.ACTIVATING, Event.NOTIFY): State.NOTIFIED,
    (State.ACTIVATED, Event.NOTIFY): State.NOTIFIED,
    (State.NOTIFIED, Event.FREEZE): State.NOT_NOTIFIED,
    (State.NOTIFIED, Event.BEGIN): State.ACTIVATING,
    (State.NOTIFIED, Event.ACTIVATE): State.ACTIVATED,
    (State.ACTIVATING, Event.ACTIVATE): State.ACTIVATED,
    (State.NOT_NOTIFIED, Event.BLOCK): State.BLOCKED,
    (State.NOTIFIED, Event.BLOCK): State.BLOCKED,
    (State.ACTIVATING, Event.BLOCK): State.BLOCKED,
    (State.ACTIVATED, Event.BLOCK): State.BLOCKED,
    (State.NOT_NOTIFIED, Event.RETURN): State.ACTIVATED,
    (State.BLOCKED, Event.UNBLOCK): State.NOT_NOTIFIED,
    **{(state, Event.CLOSE): State.CLOSED for state in State if state is not State.CLOSED},
}


class Outcome(TextChoices):
    """What a notification or a reset made of one account; the label says why, and what to do."""

    PENDING = "pending", "En attente"
    NOTIFIED = "notified", "Notifié"
    RENOTIFIED = "renotified", "Renotifié"
    ACTIVATED = "activated", "Laissé de côté : compte déjà activé. Cochez la case pour l’inclure."
    FRANCE_CONNECT = (
        "france_connect",
        "Laissé de côté : ce compte passe par FranceConnect et n’a pas de mot de passe ici.",
    )
    BLOCKED = "blocked", "Refusé : une notification ne débloque pas un compte. Levez d’abord le blocage."
    LEAVING = (
        "leaving",
        "Refusé : la suppression du compte est programmée, la personne ne figure plus dans l’alimentation.",
    )
    CLOSED = "closed", "Refusé : ce compte est fermé."
    GONE = "gone", "Refusé : ce compte n’est plus dans votre établissement ou dans vos classes."


DONE = frozenset({Outcome.NOTIFIED, Outcome.RENOTIFIED})
LEFT_OUT = frozenset({Outcome.ACTIVATED, Outcome.FRANCE_CONNECT})
REFUSED = frozenset({Outcome.BLOCKED, Outcome.LEAVING, Outcome.CLOSED, Outcome.GONE})


def notify_outcome(state: AccountState, *, origin: str, is_leaving: bool, include_activated: bool) -> Outcome:
    """What notifying this account comes to. The refusals first: nothing that follows may undo one."""
    if state is State.CLOSED:
        return Outcome.CLOSED
    if is_leaving:
        return Outcome.LEAVING
    if state is State.BLOCKED:
        return Outcome.BLOCKED
    if origin == Origin.FRANCE_CONNECT:
        return Outcome.FRANCE_CONNECT
    if state is State.ACTIVATED and not include_activated:
        return Outcome.ACTIVATED
    return Outcome.NOTIFIED if state is State.NOT_NOTIFIED else Outcome.RENOTIFIED


def shown_state(state: AccountState, *, expires_at: datetime | None, is_leaving: bool, now: datetime) -> ShownState:
    """The state that the screen shows. `querysets.with_shown_state` says the same in SQL; a test compares them."""
    if state is State.CLOSED:
        return ShownState.CLOSED
    if is_leaving:
        return ShownState.LEAVING
    if state is State.NOTIFIED and expires_at is not None and expires_at < now:
        return ShownState.EXPIRED
    return ShownState(state.value)
