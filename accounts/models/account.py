"""What pupils' and guardians' accounts have in common."""

import uuid
from datetime import datetime

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone

from accounts.enums import AccountState, Origin, ShownState
from accounts.lifecycle import shown_state


class UsernameCounter(models.Model):
    """How many identifiants were given for one root ("e.durand"), kept under a keyed hash of it.

    It only grows, so that no identifiant is ever given twice, even after its account was made anonymous; and it
    names nobody.
    """

    root_hash = models.BinaryField(primary_key=True)
    given = models.PositiveIntegerField()

    class Meta:
        db_table = "username_counter"

    def __str__(self) -> str:
        return str(self.given)


def confirmed_email_index(model: str) -> models.Index:
    """By the address that a holder confirmed, in any case: how `find_confirmed` comes in."""
    return models.Index(
        Lower("email"), condition=models.Q(email_confirmed_at__isnull=False), name=f"{model}_by_confirmed_email"
    )


class Account(models.Model):
    """An account: who signs in elsewhere with it, and how far it is on its way to being activated.

    The provisional password is there as a keyed hash only; the person's own later password as Argon2id. The random
    id is what addresses and the journal know.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=60, unique=True)
    first_name = models.CharField(max_length=100)
    last_name = models.CharField(max_length=100)
    family_name = models.CharField(max_length=100, blank=True)
    email = models.EmailField(max_length=254, blank=True)
    email_confirmed_at = models.DateTimeField(null=True)

    state = models.CharField(max_length=12, choices=AccountState, default=AccountState.NOT_NOTIFIED)
    origin = models.CharField(max_length=16, choices=Origin, blank=True)
    provisional_hash = models.BinaryField(null=True, max_length=33)
    provisional_expires_at = models.DateTimeField(null=True)
    password = models.CharField(max_length=128, blank=True)
    notified_at = models.DateTimeField(null=True)
    notified_by = models.CharField(max_length=8, blank=True)
    distributed_on = models.DateField(null=True)
    activated_at = models.DateTimeField(null=True)
    last_login_at = models.DateTimeField(null=True)
    blocked_reason = models.CharField(max_length=200, blank=True)
    blocked_at = models.DateTimeField(null=True)
    closing_on = models.DateField(null=True)
    version = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(name="%(class)s_state_is_known", condition=models.Q(state__in=AccountState.values)),
            models.CheckConstraint(
                name="%(class)s_notified_has_provisional",
                condition=~models.Q(state=AccountState.NOTIFIED)
                | models.Q(provisional_hash__isnull=False, provisional_expires_at__isnull=False),
            ),
            models.CheckConstraint(
                name="%(class)s_activated_has_no_provisional",
                condition=~models.Q(state=AccountState.ACTIVATED) | models.Q(provisional_hash__isnull=True),
            ),
            models.CheckConstraint(
                name="%(class)s_france_connect_has_no_provisional",
                condition=~models.Q(origin=Origin.FRANCE_CONNECT) | models.Q(provisional_hash__isnull=True),
            ),
            models.CheckConstraint(
                name="%(class)s_blocked_has_reason",
                condition=~models.Q(state=AccountState.BLOCKED) | ~models.Q(blocked_reason=""),
            ),
        ]

    def __str__(self) -> str:
        return self.username

    @property
    def name(self) -> str:
        """As lists show it: NOM Prénom."""
        return f"{self.last_name} {self.first_name}"

    @property
    def is_leaving(self) -> bool:
        return self.closing_on is not None

    def shown(self, now: datetime | None = None) -> ShownState:
        """The state that the screen shows, derived ones included."""
        return shown_state(
            AccountState(self.state),
            expires_at=self.provisional_expires_at,
            is_leaving=self.is_leaving,
            now=now or timezone.now(),
        )
