"""Services that take an account's word for who is there (ENT, vie scolaire): OpenID Connect clients, codes, tokens.

The methods named `get_...` and `check_...` are what Authlib asks of them. Codes, tokens and secrets are random and
long (256 bits at least), and only their digests are kept. No row names anybody: an account is its random id.
"""

import hashlib
import hmac
import secrets
import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models

from accounts.enums import Population


def digest(secret: str) -> bytes:
    """What is kept of a long random secret: it cannot be guessed, so a fast hash without salt is enough."""
    return hashlib.sha256(secret.encode()).digest()


def make_secret() -> str:
    return secrets.token_urlsafe(32)


class OidcClient(models.Model):
    """A service that may ask who is there. Registered by the operator, always with a secret, a fixed list of addresses.

    `subject_salt` makes the pseudonym of an account another one for each service: two services cannot put their lists
    together. It is never changed: the service would know nobody again.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    client_id = models.CharField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    secret_digest = models.BinaryField(max_length=32)
    redirect_uris = ArrayField(models.URLField(max_length=300))
    scopes = ArrayField(models.CharField(max_length=20))
    subject_salt = models.BinaryField(max_length=32)
    disabled_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        db_table = "oidc_client"

    def __str__(self) -> str:
        return self.name

    def subject_of(self, account_id: uuid.UUID) -> str:
        """The pseudonym of an account for this service alone (OpenID Connect Core 8.1, pairwise)."""
        return hmac.new(bytes(self.subject_salt), account_id.bytes, hashlib.sha256).hexdigest()

    def get_client_id(self) -> str:
        return self.client_id

    def get_default_redirect_uri(self) -> None:
        """None: each request says where it comes back to, out of the list."""

    def get_allowed_scope(self, scope: str) -> str:
        return " ".join(word for word in (scope or "").split() if word in self.scopes)

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri in self.redirect_uris

    def check_client_secret(self, client_secret: str) -> bool:
        return hmac.compare_digest(bytes(self.secret_digest), digest(client_secret))

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        """Every service proves itself by its secret; there are no public clients."""
        return method in ("client_secret_basic", "client_secret_post")

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type in ("authorization_code", "refresh_token")


class HeldByAccount(models.Model):
    """What an account's holder gave a service. `mark` is that of the password in force then: reset, block, freeze and a
    new password change it, and whatever was given before is worth nothing from the next request on.
    """

    client = models.ForeignKey(OidcClient, models.CASCADE, db_index=False)
    account_id = models.UUIDField()
    population = models.CharField(max_length=10, choices=Population, db_default=Population.STUDENTS)
    mark = models.CharField(max_length=64)
    scope = models.CharField(max_length=120)
    signed_in_at = models.DateTimeField()

    class Meta:
        abstract = True

    def get_scope(self) -> str:
        return self.scope

    def check_client(self, client: OidcClient) -> bool:
        return self.client_id == client.pk


class OidcCode(HeldByAccount):
    """An authorization code: once, one minute, for one address. A used one is kept a day, so that a replay is seen."""

    digest = models.BinaryField(primary_key=True, max_length=32)
    redirect_uri = models.CharField(max_length=300)
    code_challenge = models.CharField(max_length=128)
    code_challenge_method = models.CharField(max_length=5)
    nonce = models.CharField(max_length=255, blank=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "oidc_code"

    def __str__(self) -> str:
        return f"code for {self.client_id}"

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> int:
        return int(self.signed_in_at.timestamp())

    def get_acr(self) -> None:
        """None: the way of signing in is not told."""

    def get_amr(self) -> None:
        """None, as `get_acr`."""


class OidcToken(HeldByAccount):
    """An access token, and the refresh token that renews it. `family` is what one sign-in gave: a refresh token used
    twice, or a code used twice, ends all of it.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    family = models.UUIDField()
    access_digest = models.BinaryField(max_length=32, unique=True)
    refresh_digest = models.BinaryField(max_length=32, unique=True)
    access_expires_at = models.DateTimeField()
    refresh_expires_at = models.DateTimeField()
    refreshed_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "oidc_token"
        indexes = [
            models.Index(fields=["family"], name="oidc_token_by_family"),
            models.Index(fields=["refresh_expires_at"], name="oidc_token_by_end"),
        ]

    def __str__(self) -> str:
        return f"token for {self.client_id}"
