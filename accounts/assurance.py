"""How well the person of a request is known, and the session that carries it."""

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone

from accounts.actions.sessions import ADDRESS, BEGAN_AT
from accounts.enums import Assurance
from accounts.models import Mandate, School
from accounts.requests import ConsoleRequest
from educonnect_admin.toolkit.network import client_address, within

PROVED_AT = "proved_at"
RECOVERED_AT = "recovered_at"
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
    request.session.pop(RECOVERED_AT, None)


def mark_recovered(request: ConsoleRequest) -> None:
    """A recovery code was shown: it opens what a key opens, and a new key's page; it is no proof for grave acts."""
    request.session.pop(PROVED_AT, None)
    request.session[RECOVERED_AT] = timezone.now().isoformat()


def note_address(request: ConsoleRequest) -> None:
    """Where the session was last used from, for its owner's list."""
    address = str(request.client_address or "")
    if request.session.get(ADDRESS) != address:
        request.session[ADDRESS] = address


def is_freshly_recovered(request: ConsoleRequest) -> bool:
    return _age(request, RECOVERED_AT) <= settings.PROOF_LIFE


def is_too_old(request: ConsoleRequest) -> bool:
    """Whether the session has reached its absolute age. One that cannot say when it began is."""
    return _age(request, BEGAN_AT) > settings.SESSION_ABSOLUTE_AGE


def seconds_left(request: ConsoleRequest) -> int:
    """Until the session reaches its absolute age, whatever is done with it."""
    if BEGAN_AT not in request.session:
        return 0
    return max(0, int((settings.SESSION_ABSOLUTE_AGE - _age(request, BEGAN_AT)).total_seconds()))


def is_freshly_proved(request: ConsoleRequest) -> bool:
    return _age(request, PROVED_AT) <= settings.PROOF_LIFE


def _age(request: ConsoleRequest, mark: str) -> timedelta:
    began = request.session.get(mark)
    return timezone.now() - datetime.fromisoformat(began) if began else timedelta.max
