"""FranceConnect, asked as OpenID Connect: authorization code, PKCE, state, nonce, and a signature that is looked at.

Off until the operator gives issuer, client and secret. Nothing is asked of another server than the issuer's own. Asked
for are names alone: the schools know nothing else of a guardian that could be compared.
"""

import hashlib
import json
import secrets
from collections.abc import Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from django.conf import settings
from django.core.cache import cache
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from accounts.actions.france_connect import Identity, subject_hash
from educonnect_admin.toolkit.outside import OutsideError, ask, origin_of

SCOPE = "openid given_name family_name preferred_username"
LEVEL = "eidas1"
LEVELS = ["eidas1", "eidas2", "eidas3"]
"""Low and above: what is asked for, and what is taken."""
ALGORITHMS = ["RS256", "ES256"]
LEEWAY_SECONDS = 30
KNOWN_SECONDS = 3600
"""How long what the issuer says of itself, and its keys, are taken for known. An unknown key is asked for at once."""
ENDPOINTS = ("authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri")


class Failure(StrEnum):
    """Why a sign-in did not come to its end, for the page and for the journal."""

    CANCELLED = "cancelled"
    LOST = "lost"
    EXPIRED = "expired"
    UNREACHABLE = "unreachable"
    UNTRUSTED = "untrusted"


class FranceConnectError(Exception):
    """The sign-in ends here."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.value)
        self.failure = failure


def is_on() -> bool:
    return bool(
        settings.FRANCE_CONNECT_ISSUER and settings.FRANCE_CONNECT_CLIENT_ID and settings.FRANCE_CONNECT_CLIENT_SECRET
    )


def make_request() -> dict[str, str]:
    """What only this browser's sign-in knows, made anew for each."""
    return {name: secrets.token_urlsafe(32) for name in ("state", "nonce", "verifier")}


def way_in(made: Mapping[str, str], *, back: str) -> str:
    """Where the browser goes to sign in. FranceConnectError where the issuer does not say."""
    asked = {
        "response_type": "code",
        "client_id": settings.FRANCE_CONNECT_CLIENT_ID,
        "redirect_uri": back,
        "scope": SCOPE,
        "acr_values": LEVEL,
        "state": made["state"],
        "nonce": made["nonce"],
        "code_challenge": create_s256_code_challenge(made["verifier"]),
        "code_challenge_method": "S256",
    }
    return _with_query(_described()["authorization_endpoint"], asked)


def way_out(proof: str, *, back: str) -> str | None:
    """Where the browser goes to end the session there (RP-Initiated Logout 1.0); None where it cannot be said."""
    try:
        address = _described().get("end_session_endpoint", "")
    except FranceConnectError:
        return None
    asked = {"id_token_hint": proof, "post_logout_redirect_uri": back, "state": secrets.token_urlsafe(16)}
    return _with_query(address, asked) if address else None


def _with_query(address: str, asked: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"


def identity_of(told: Mapping[str, str], made: Mapping[str, str], *, back: str) -> Identity:
    """Who is there, by what the browser brought back. FranceConnectError where any of it is not as it must be."""
    described = _described()
    if not secrets.compare_digest(told.get("state", "").encode(), made["state"].encode()):
        raise FranceConnectError(Failure.LOST)
    if not _is_from_issuer(told, described):
        raise FranceConnectError(Failure.UNTRUSTED)
    if told.get("error"):
        raise FranceConnectError(Failure.CANCELLED if told["error"] == "access_denied" else Failure.EXPIRED)
    tokens = _redeem(told.get("code", ""), made, described, back)
    required: dict[str, Any] = {name: {"essential": True} for name in ("exp", "iat")}
    required |= {"nonce": {"essential": True, "value": made["nonce"]}, "acr": {"essential": True, "values": LEVELS}}
    claims = _claims(str(tokens.get("id_token", "")), described, required)
    user = _user(str(tokens.get("access_token", "")), described)
    if not claims["sub"] or user.get("sub") != claims["sub"]:
        raise FranceConnectError(Failure.UNTRUSTED)
    return Identity(
        subject=subject_hash(settings.FRANCE_CONNECT_ISSUER, str(claims["sub"])),
        given_names=str(user.get("given_name") or ""),
        family_name=str(user.get("family_name") or ""),
        usual_name=str(user.get("preferred_username") or ""),
        proof=str(tokens["id_token"]),
    )


def _is_from_issuer(told: Mapping[str, str], described: Mapping[str, Any]) -> bool:
    """Against mix-up (RFC 9207): what another provider answered is not brought to this one."""
    is_said = described.get("authorization_response_iss_parameter_supported") is True
    return told.get("iss", "" if is_said else settings.FRANCE_CONNECT_ISSUER) == settings.FRANCE_CONNECT_ISSUER


def _redeem(code: str, made: Mapping[str, str], described: Mapping[str, Any], back: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back,
        "code_verifier": made["verifier"],
        "client_id": settings.FRANCE_CONNECT_CLIENT_ID,
        "client_secret": settings.FRANCE_CONNECT_CLIENT_SECRET,
    }
    try:
        return _json(ask(described["token_endpoint"], of=settings.FRANCE_CONNECT_ISSUER, form=form)[1])
    except OutsideError as error:
        raise FranceConnectError(Failure.EXPIRED if error.status == 400 else Failure.UNREACHABLE) from error


def _user(access_token: str, described: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of the person: signed, as FranceConnect does, or plain (OpenID Connect Core 5.3.2)."""
    bearer = {"Authorization": f"Bearer {access_token}"}
    if not access_token.isascii() or not access_token.isprintable():
        raise FranceConnectError(Failure.UNTRUSTED)
    try:
        kind, body = ask(described["userinfo_endpoint"], of=settings.FRANCE_CONNECT_ISSUER, headers=bearer)
    except OutsideError as error:
        raise FranceConnectError(Failure.UNREACHABLE) from error
    return _claims(body.decode(errors="replace").strip(), described, {}) if kind == "application/jwt" else _json(body)


def _claims(token: str, described: Mapping[str, Any], required: Mapping[str, Any]) -> dict[str, Any]:
    """The claims of what the issuer signed for this site, in time (OpenID Connect Core 3.1.3.7)."""
    registry = jwt.JWTClaimsRegistry(
        leeway=LEEWAY_SECONDS,
        iss={"essential": True, "value": settings.FRANCE_CONNECT_ISSUER},
        aud={"essential": True, "value": settings.FRANCE_CONNECT_CLIENT_ID},
        sub={"essential": True},
        **required,
    )
    try:
        try:
            decoded = jwt.decode(token, _keys(described), algorithms=ALGORITHMS)
        except (JoseError, ValueError):
            decoded = jwt.decode(token, _keys(described, afresh=True), algorithms=ALGORITHMS)
        registry.validate(decoded.claims)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise FranceConnectError(Failure.UNTRUSTED) from error
    return decoded.claims


def _keys(described: Mapping[str, Any], *, afresh: bool = False) -> KeySet:
    return KeySet.import_key_set(_known(described["jwks_uri"], afresh=afresh))  # type: ignore[arg-type]  # checked there


def _described() -> dict[str, Any]:
    """What the issuer says of itself (OpenID Connect Discovery 1.0, 4.3): about itself, and leading to itself."""
    issuer = settings.FRANCE_CONNECT_ISSUER
    described = _known(f"{issuer}/.well-known/openid-configuration")
    try:
        own = origin_of(issuer)
        leads = [origin_of(str(described[name])) for name in ENDPOINTS]
        leads += [origin_of(described[name]) for name in ("end_session_endpoint",) if described.get(name)]
    except (KeyError, OutsideError) as error:
        raise FranceConnectError(Failure.UNREACHABLE) from error
    if described.get("issuer") != issuer or any(origin != own for origin in leads):
        raise FranceConnectError(Failure.UNREACHABLE)
    return described


def _known(address: str, *, afresh: bool = False) -> dict[str, Any]:
    """What is published at an address of the issuer's, asked for once an hour."""
    key = f"france-connect:{hashlib.sha256(address.encode()).hexdigest()}"
    kept = None if afresh else cache.get(key)
    if kept is not None:
        return dict(kept)
    try:
        known = _json(ask(address, of=settings.FRANCE_CONNECT_ISSUER)[1])
    except OutsideError as error:
        raise FranceConnectError(Failure.UNREACHABLE) from error
    cache.set(key, known, KNOWN_SECONDS)
    return known


def _json(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise FranceConnectError(Failure.UNREACHABLE) from error
    if not isinstance(read, dict):
        raise FranceConnectError(Failure.UNREACHABLE)
    return read
