"""A security key shown in the page: the challenge goes out with the form, and is taken back with the answer, once."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from accounts.actions.security_keys import Ceremony, ask_known_key, weigh_security_key
from accounts.forms.session import SecurityKeyForm, add_error
from accounts.models import SecurityKey, Staff
from accounts.requests import ConsoleRequest
from accounts.walls import actor_for

CHALLENGE = "challenge"
CHALLENGE_LIFE = timedelta(minutes=5)
TOO_LATE = "La page a attendu plus de 5 minutes, ou une autre a été ouverte depuis. Recommencez."
KEY_REFUSED = "La clé n’a pas été reconnue. Recommencez, ou prenez un autre moyen."


def offer(request: ConsoleRequest, ceremony: Ceremony, purpose: str) -> str:
    """Keep the challenge on the server, for this purpose; what the page is given."""
    kept = {"value": bytes_to_base64url(ceremony.challenge), "purpose": purpose, "at": timezone.now().isoformat()}
    request.session[CHALLENGE] = kept
    return ceremony.options


def take_challenge(request: ConsoleRequest, purpose: str) -> bytes | None:
    """The challenge of this purpose, which ends with this; None where there is none, or none so young."""
    kept: dict[str, Any] | None = request.session.pop(CHALLENGE, None)
    if kept is None or kept["purpose"] != purpose:
        return None
    is_alive = timezone.now() - datetime.fromisoformat(kept["at"]) <= CHALLENGE_LIFE
    return base64url_to_bytes(kept["value"]) if is_alive else None


def offer_known(request: ConsoleRequest, keys: list[SecurityKey], purpose: str) -> str | None:
    """What the page asks of the keys recorded; None where there are none."""
    return offer(request, ask_known_key(keys), purpose) if keys else None


def shown_key(request: ConsoleRequest, staff: Staff, form: SecurityKeyForm, purpose: str) -> SecurityKey | None:
    """The person's key that answered; why none did goes to the form."""
    challenge = take_challenge(request, purpose)
    if not form.is_valid():
        return None
    if challenge is None:
        add_error(form, None, TOO_LATE)
        return None
    actor = actor_for(request, staff.pk)
    key = weigh_security_key(actor=actor, staff=staff, credential=form.cleaned_data["credential"], challenge=challenge)
    if key is None:
        add_error(form, None, KEY_REFUSED)
    return key
