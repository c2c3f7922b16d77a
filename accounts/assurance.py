"""How well the person of a request is known, and the session that carries it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.enums import Assurance
from accounts.models import Mandate, School
from accounts.requests import ConsoleRequest
from educonnect_admin.toolkit.network import client_address, within

BEGAN_AT = "began_at"
PROVED_AT = "proved_at"
CURRENT_MANDATE = "mandate"


def locate(request: ConsoleRequest) -> None:
    """Note on the request where it comes from (None: cannot be told, hence outside)."""
    request.client_address = client_address(request, settings.TRUSTED_PROXIES)


def current_mandate(request: ConsoleRequest) -> Mandate | None:
    """The mandate that the person took last, or the first of those held; its assurance is not looked at."""
    chosen = request.session.get(CURRENT_MANDATE)
    return min(request.mandates, key=lambda held: held.pk != chosen, default=None)


def assurance_of(request: ConsoleRequest, school: School | None) -> Assurance:
    """Read anew at each request: whoever leaves the school's admin network loses it at the next click."""
    if getattr(request.user, "otp_device", None) is not None:
        return Assurance.OTP
    if within(request.client_address, (*settings.ADMIN_NETWORKS, *(school.networks if school else ()))):
        return Assurance.NETWORK
    return Assurance.PASSWORD


def start_clock(request: ConsoleRequest) -> None:
    """Begin the session's absolute life; what was just shown counts as a fresh proof."""
    request.session[BEGAN_AT] = timezone.now().isoformat()
    mark_proved(request)


def mark_proved(request: ConsoleRequest) -> None:
    request.session[PROVED_AT] = timezone.now().isoformat()


def is_too_old(request: ConsoleRequest) -> bool:
    """Whether the session has reached its absolute age. One that cannot say when it began is."""
    return _age(request, BEGAN_AT) > settings.SESSION_ABSOLUTE_AGE


def is_freshly_proved(request: ConsoleRequest) -> bool:
    return _age(request, PROVED_AT) <= settings.PROOF_LIFE


def _age(request: ConsoleRequest, mark: str) -> timedelta:
    began = request.session.get(mark)
    return timezone.now() - datetime.fromisoformat(began) if began else timedelta.max
