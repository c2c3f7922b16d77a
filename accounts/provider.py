"""The OpenID Connect provider: Authlib's grants, held to fewer ways than it knows.

Authorization code only, PKCE by S256 for every service (Authlib alone asks it of those without a secret), refresh
tokens used once. It is off until the operator gives an issuer and a key.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

from authlib.integrations.django_oauth2 import AuthorizationServer, RevocationEndpoint
from authlib.oauth2.rfc6749 import InvalidRequestError
from authlib.oauth2.rfc6749.grants import AuthorizationCodeGrant, RefreshTokenGrant
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode
from django.conf import settings
from django.utils import timezone
from joserfc.jwk import Key, KeySet, RSAKey

from accounts.actions.oidc import (
    ACCESS_LIFE,
    SCOPES,
    Subject,
    claims_of,
    end_family,
    family_of,
    keep_code,
    keep_token,
    live_access_token,
    subject_in_force,
    take_code,
    take_refresh_token,
)
from accounts.models import OidcClient, OidcCode, OidcToken
from accounts.models.oidc import make_secret

ALGORITHM = "RS256"
"""The one that every client must know (OpenID Connect Core 15.1)."""


def is_on() -> bool:
    return bool(settings.OIDC_ISSUER and settings.OIDC_KEYS)


@cache
def key_ring(pems: str) -> KeySet:
    """The keys of the setting: the first signs, all of them are published, so that one can be replaced."""
    blocks = [f"{block}-----END" for block in pems.split("-----END") if "-----BEGIN" in block]
    whole = [block[block.index("-----BEGIN") :] + " PRIVATE KEY-----" for block in blocks]
    keys: list[Key] = [RSAKey.import_key(pem, {"use": "sig", "alg": ALGORITHM}) for pem in whole]
    for key in keys:
        key.ensure_kid()
    return KeySet(keys)


def public_keys() -> dict[str, Any]:
    return dict(key_ring(settings.OIDC_KEYS).as_dict(private=False))


class ConsoleServer(AuthorizationServer):  # type: ignore[misc]  # Authlib has no types
    """Services and tokens where ours are kept."""

    def __init__(self) -> None:
        super().__init__(OidcClient, OidcToken)
        self.scopes_supported = list(SCOPES)

    def load_config(self, config: object) -> None:
        """Nothing of Authlib's own settings: what is given and for how long stands here."""
        self.register_token_generator("default", give_token)

    def query_client(self, client_id: str) -> OidcClient | None:
        return OidcClient.objects.filter(client_id=client_id, disabled_at=None).first()

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        family = request.refresh_token.family if request.refresh_token else family_of(request.authorization_code)
        keep_token(token=token, subject=request.user, client=request.client, family=family, now=timezone.now())


def give_token(*, client: OidcClient, scope: str, **_: object) -> dict[str, Any]:
    return {
        "token_type": "Bearer",
        "access_token": make_secret(),
        "refresh_token": make_secret(),
        "expires_in": int(ACCESS_LIFE.total_seconds()),
        "scope": client.get_allowed_scope(scope),
    }


class CodeGrant(AuthorizationCodeGrant):  # type: ignore[misc]  # Authlib has no types
    def save_authorization_code(self, code: str, request: Any) -> None:
        asked = {name: request.payload.data[name] for name in ("redirect_uri", "code_challenge")}
        more = {"code_challenge_method": "S256", "nonce": request.payload.data.get("nonce", "")[:255]}
        scope = request.client.get_allowed_scope(request.payload.scope)
        keep_code(
            code=code,
            subject=request.user,
            client=request.client,
            asked={**asked, **more, "scope": scope},
            now=timezone.now(),
        )

    def query_authorization_code(self, code: str, client: OidcClient) -> OidcCode | None:
        return take_code(code=code, client=client, now=timezone.now())

    def delete_authorization_code(self, authorization_code: OidcCode) -> None:
        authorization_code.used_at = timezone.now()
        authorization_code.save(update_fields=["used_at"])

    def authenticate_user(self, authorization_code: OidcCode) -> Subject | None:
        return subject_in_force(authorization_code)


class Pkce(CodeChallenge):  # type: ignore[misc]  # Authlib has no types
    """By S256, always: "plain" protects nothing, and a secret alone does not stop a code put into another session."""

    SUPPORTED_CODE_CHALLENGE_METHOD = ("S256",)

    def validate_code_challenge(self, grant: Any, redirect_uri: str) -> None:
        for name in ("code_challenge", "code_challenge_method"):
            if not grant.request.payload.data.get(name):
                raise InvalidRequestError(f"Missing '{name}'", redirect_uri=redirect_uri)
        super().validate_code_challenge(grant, redirect_uri)


class IdToken(OpenIDCode):  # type: ignore[misc]  # Authlib has no types
    DEFAULT_EXPIRES_IN = int(ACCESS_LIFE.total_seconds())

    def exists_nonce(self, nonce: str, request: Any) -> bool:
        """Whether this service's request was seen before: its page was sent twice."""
        seen = OidcCode.objects.filter(client__client_id=request.payload.client_id, nonce=nonce[:255])
        return bool(nonce) and seen.filter(used_at__isnull=False).exists()

    def resolve_client_private_key(self, client: OidcClient) -> Any:
        return key_ring(settings.OIDC_KEYS).keys[0]

    def get_client_algorithm(self, client: OidcClient) -> str:
        return ALGORITHM

    def get_encode_header(self, client: OidcClient) -> dict[str, Any]:
        return {"alg": ALGORITHM, "kid": key_ring(settings.OIDC_KEYS).keys[0].kid}

    def get_client_claims(self, client: OidcClient) -> dict[str, Any]:
        return {"iss": settings.OIDC_ISSUER, "aud": client.client_id}

    def get_compatible_claims(self, request: Any) -> dict[str, Any]:
        """Who, and nothing more: the rest is asked for with the access token, which ends with the password."""
        return {**super().get_compatible_claims(request), "sub": request.client.subject_of(request.user.account_id)}

    def generate_user_info(self, user: Subject, scope: str) -> dict[str, str]:
        return {}


class RefreshGrant(RefreshTokenGrant):  # type: ignore[misc]  # Authlib has no types
    INCLUDE_NEW_REFRESH_TOKEN = True
    TOKEN_ENDPOINT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def authenticate_refresh_token(self, refresh_token: str) -> OidcToken | None:
        """None, which is told as `invalid_grant`, also where the account no longer opens by what it was given under."""
        token = take_refresh_token(refresh_token=refresh_token, now=timezone.now())
        return token if token and subject_in_force(token) else None

    def authenticate_user(self, refresh_token: OidcToken) -> Subject | None:
        return subject_in_force(refresh_token)

    def revoke_old_credential(self, refresh_token: OidcToken) -> None:
        refresh_token.refreshed_at = refresh_token.ended_at = timezone.now()
        refresh_token.save(update_fields=["refreshed_at", "ended_at"])


class Revocation(RevocationEndpoint):  # type: ignore[misc]  # Authlib has no types
    """RFC 7009: a service that signs somebody out gives back what it was given."""

    CLIENT_AUTH_METHODS = ["client_secret_basic", "client_secret_post"]

    def query_token(self, token: str, token_type_hint: str | None) -> OidcToken | None:
        return live_access_token(token, now=timezone.now()) or take_refresh_token(
            refresh_token=token, now=timezone.now()
        )

    def revoke_token(self, token: OidcToken, request: Any) -> None:
        end_family(family=token.family, now=timezone.now())


@cache
def server() -> ConsoleServer:
    made = ConsoleServer()
    made.register_grant(CodeGrant, [Pkce(required=True), IdToken(require_nonce=False)])
    made.register_grant(RefreshGrant)
    made.register_endpoint(Revocation)
    return made


def told_to(access_token: str, *, now: datetime) -> dict[str, Any] | None:
    """What the bearer of an access token is told of the holder; None where it is worth nothing (any more)."""
    token = live_access_token(access_token, now=now)
    subject = subject_in_force(token) if token else None
    if token is None or subject is None:
        return None
    return claims_of(subject=subject, client=token.client, scope=token.scope)


def asked_words(scope: str) -> Iterable[str]:
    """What a service will be told, in words for its holder."""
    return [SCOPES[word] for word in (scope or "").split() if word in SCOPES]
