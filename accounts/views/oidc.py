"""The accounts at work elsewhere: the addresses of the OpenID Connect provider (see `accounts/provider.py`).

The holder signs in on the activation site, sees in one page which service they go to and what it is told, and is there.
A registered service needs no consent: the school chose it. Nothing here knows the console's people.
"""

from typing import Any
from urllib.parse import urlencode

from authlib.oauth2 import OAuth2Error
from django.conf import settings
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt

from accounts import provider
from accounts.actions.activation import note_sign_in
from accounts.actions.oidc import SCOPES, Subject
from accounts.holders import Holding
from accounts.requests import ConsoleRequest
from accounts.views.activation import ONWARD
from accounts.walls import READING, public_view


@public_view(*READING)
def oidc_configuration(request: HttpRequest) -> JsonResponse:
    """OpenID Connect Discovery 1.0, 3."""
    _is_on_or_404()
    described: dict[str, Any] = {
        "issuer": settings.OIDC_ISSUER,
        "authorization_endpoint": _address("oidc_authorization"),
        "token_endpoint": _address("oidc_tokens"),
        "userinfo_endpoint": _address("oidc_identity"),
        "revocation_endpoint": _address("oidc_revocation"),
        "jwks_uri": _address("oidc_keys"),
        "scopes_supported": list(SCOPES),
        "response_types_supported": ["code"],
        "response_modes_supported": ["query"],
        "grant_types_supported": ["authorization_code", "refresh_token"],
        "subject_types_supported": ["pairwise"],
        "id_token_signing_alg_values_supported": [provider.ALGORITHM],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
        "code_challenge_methods_supported": ["S256"],
        "claims_supported": ["sub", "given_name", "family_name", "affiliation", "uai", "level"],
        "ui_locales_supported": ["fr"],
        "request_parameter_supported": False,
        "request_uri_parameter_supported": False,
    }
    return JsonResponse(described)


@public_view(*READING)
def oidc_keys(request: HttpRequest) -> JsonResponse:
    """The public halves of the keys (RFC 7517)."""
    _is_on_or_404()
    return JsonResponse(provider.public_keys())


@never_cache
@public_view(*READING)
def oidc_authorization(request: ConsoleRequest) -> HttpResponse:
    """Who is there, for a service that asks. A request that is not right is told to the service, or, where nothing says
    that it came from one, to the reader.
    """
    _is_on_or_404()
    holding = Holding.of(request)
    subject = _subject(holding)
    try:
        grant = provider.server().get_consent_grant(request, end_user=subject)
    except OAuth2Error as error:
        if getattr(error, "redirect_uri", None):
            return provider.server().handle_error_response(request, error)  # type: ignore[no-any-return]  # untyped
        return render(request, "oidc/refused.html", {"why": error.error}, status=400)
    if subject is None or grant.prompt or _is_too_old(request, subject):
        return _sign_in_first(request)
    with transaction.atomic():
        answer = provider.server().create_authorization_response(request, grant_user=subject, grant=grant)
        note_sign_in(
            account_id=subject.account_id,
            now=timezone.now(),
            population=subject.population,
            service=grant.request.client.name,
        )
    context = {
        "service": grant.request.client.name,
        "told": provider.asked_words(grant.request.client.get_allowed_scope(grant.request.payload.scope)),
        "onward": answer["Location"],
    }
    return render(request, "oidc/onward.html", context)


def _subject(holding: Holding | None) -> Subject | None:
    """Whoever holds an activated account, pupil or guardian."""
    if holding is None or not holding.opened.is_activated or holding.account.last_login_at is None:
        return None
    opened = holding.opened
    return Subject(opened.account_id, opened.mark, holding.account.last_login_at, opened.population)


def _is_too_old(request: HttpRequest, subject: Subject) -> bool:
    """Whether the service wants a more recent sign-in (OpenID Connect Core 3.1.2.1, max_age in seconds)."""
    asked = request.GET.get("max_age", "")
    if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
        return False
    return (timezone.now() - subject.signed_in_at).total_seconds() > int(asked)


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    """To the sign-in, and back to this request, without what would ask for the sign-in again."""
    kept = request.GET.copy()
    for name in ("prompt", "max_age"):
        kept.pop(name, None)
    back = f"{reverse('oidc_authorization')}?{kept.urlencode()}"
    return redirect(f"{reverse('activation')}?{urlencode({ONWARD: back})}")


@csrf_exempt
@never_cache
@public_view("POST")
def oidc_tokens(request: HttpRequest) -> HttpResponse:
    """A code, or a refresh token, against tokens. No browser comes here, and the service's secret is what counts: the
    form's token would protect nothing.
    """
    _is_on_or_404()
    with transaction.atomic():
        return provider.server().create_token_response(request)  # type: ignore[no-any-return]  # untyped


@csrf_exempt
@never_cache
@public_view("POST")
def oidc_revocation(request: HttpRequest) -> HttpResponse:
    """A service gives its tokens back (RFC 7009)."""
    _is_on_or_404()
    with transaction.atomic():
        return provider.server().create_endpoint_response("revocation", request)  # type: ignore[no-any-return]  # as above


@csrf_exempt
@never_cache
@public_view(*READING, "POST")
def oidc_identity(request: HttpRequest) -> HttpResponse:
    """What the scope of an access token tells of its holder (OpenID Connect Core 5.3)."""
    _is_on_or_404()
    kind, _, access_token = request.headers.get("Authorization", "").partition(" ")
    told = provider.told_to(access_token, now=timezone.now()) if kind.lower() == "bearer" and access_token else None
    if told is None:
        refusal = JsonResponse({"error": "invalid_token"}, status=401)
        refusal["WWW-Authenticate"] = 'Bearer error="invalid_token"'
        return refusal
    return JsonResponse(told)


def _address(name: str) -> str:
    """An absolute address under the issuer, whatever host the request named."""
    issuer = str(settings.OIDC_ISSUER)
    return issuer + reverse(name).removeprefix("/oidc")


def _is_on_or_404() -> None:
    if not provider.is_on():
        raise Http404
