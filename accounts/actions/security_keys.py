"""Security keys and passkeys (WebAuthn, level 2): recorded, weighed, taken away.

The origin and the name that keys are bound to come from the settings, never from the request. A key is the second
means, after the password: user verification is preferred, presence is required. No attestation is asked: the make of
the key is nobody's business.
"""

from dataclasses import dataclass

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    options_to_json,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.authentication.verify_authentication_response import VerifiedAuthentication
from webauthn.helpers import parse_authentication_credential_json, parse_registration_credential_json
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    AuthenticatorTransport,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)
from webauthn.registration.verify_registration_response import VerifiedRegistration

from accounts.actions.journal import Actor, Event, record
from accounts.actions.keys import means_of, must_keep_a_key
from accounts.models import RecoverySheet, SecurityKey, Staff
from educonnect_admin.toolkit.crypto import keyed_hash, oldest

SERVICE = "Comptes EduConnect"
KEYS_AT_MOST = 10
LONGEST_ID = 1023
HANDLE_PURPOSE = "security-key-handle"
PREFERRED = UserVerificationRequirement.PREFERRED


class KeyRefusedError(Exception):
    """Why a key was not recorded, or not taken away, in words for the person."""


@dataclass(frozen=True, slots=True)
class Ceremony:
    """What the browser is asked: `options` goes into the page, `challenge` stays on the server."""

    options: str
    challenge: bytes


def are_possible() -> bool:
    """Whether the operator said at which address the console stands."""
    return bool(settings.WEBAUTHN_RP_ID and settings.WEBAUTHN_ORIGINS)


def ask_new_key(staff: Staff) -> Ceremony:
    """To record a key that the person has not recorded yet."""
    options = generate_registration_options(
        rp_id=settings.WEBAUTHN_RP_ID,
        rp_name=SERVICE,
        user_id=_handle(staff),
        user_name=staff.username,
        user_display_name=staff.get_full_name(),
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=PREFERRED
        ),
        exclude_credentials=[_descriptor(key) for key in means_of(staff.pk).security_keys],
    )
    return Ceremony(options_to_json(options), options.challenge)


def ask_known_key(keys: list[SecurityKey]) -> Ceremony:
    """To show one of these keys. They are named after the right password only."""
    options = generate_authentication_options(
        rp_id=settings.WEBAUTHN_RP_ID,
        allow_credentials=[_descriptor(key) for key in keys],
        user_verification=PREFERRED,
    )
    return Ceremony(options_to_json(options), options.challenge)


@transaction.atomic
def add_security_key(*, actor: Actor, staff: Staff, name: str, credential: str, challenge: bytes) -> SecurityKey:
    """Record the key that answered; KeyRefusedError otherwise."""
    Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    names = [key.name for key in SecurityKey.objects.filter(user=staff)]
    if len(names) >= KEYS_AT_MOST:
        raise KeyRefusedError(f"Vous avez déjà {KEYS_AT_MOST} clés de sécurité : retirez-en une d’abord.")
    if name in names:
        raise KeyRefusedError("Une de vos clés porte déjà ce nom : donnez-lui-en un autre.")
    found = _registered(credential, challenge)
    if found is None:
        raise KeyRefusedError("La clé n’a pas pu être vérifiée. Recommencez.")
    try:
        with transaction.atomic():
            key: SecurityKey = SecurityKey.objects.create(
                user=staff,
                name=name,
                credential_id=found.credential_id,
                public_key=found.credential_public_key,
                sign_count=found.sign_count,
                transports=_transports(credential),
            )
    except IntegrityError as error:
        raise KeyRefusedError("Cette clé est déjà enregistrée.") from error
    record(actor=actor, event=Event.SECURITY_KEY_ADDED, count=staff.pk)
    return key


@transaction.atomic
def weigh_security_key(*, actor: Actor, staff: Staff, credential: str, challenge: bytes) -> SecurityKey | None:
    """The person's own key that signed this challenge, its count moved on; None, and a line in the journal, else."""
    key = _claimed(staff, credential)
    is_spent = key is not None and bytes(key.spent_challenge) == challenge
    verified = _signed(key, credential, challenge) if key and not is_spent else None
    if key is None or verified is None:
        record(actor=actor, event=Event.SECURITY_KEY_REFUSED)
        return None
    key.sign_count, key.last_used_at, key.spent_challenge = verified.new_sign_count, timezone.now(), challenge
    key.save(update_fields=["sign_count", "last_used_at", "spent_challenge"])
    return key


@transaction.atomic
def remove_security_key(*, actor: Actor, staff: Staff, key_id: int) -> SecurityKey:
    """Take one of the person's own away; KeyRefusedError where it is the last and a mandate opens by a key."""
    Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    key: SecurityKey = SecurityKey.objects.get(user=staff, pk=key_id)
    means = means_of(staff.pk)
    is_last = means.otp is None and len(means.security_keys) == 1
    if is_last and must_keep_a_key(staff.pk):
        raise KeyRefusedError(
            "C’est votre seule clé, et votre mandat en demande une : enregistrez-en une autre d’abord."
        )
    if is_last:
        RecoverySheet.objects.filter(user=staff).delete()
    SecurityKey.objects.filter(pk=key.pk).delete()
    record(actor=actor, event=Event.SECURITY_KEY_REMOVED, count=staff.pk)
    return key


def _handle(staff: Staff) -> bytes:
    """What the key knows the person by: no identifiant, no number of the base. Under the oldest key: it never moves."""
    return keyed_hash(oldest(settings.CONSOLE_KEYS), HANDLE_PURPOSE, str(staff.pk).encode())


def _descriptor(key: SecurityKey) -> PublicKeyCredentialDescriptor:
    transports = [AuthenticatorTransport(known) for known in key.transports]
    return PublicKeyCredentialDescriptor(id=bytes(key.credential_id), transports=transports or None)


def _transports(credential: str) -> list[str]:
    told = parse_registration_credential_json(credential).response.transports or []
    return [transport.value for transport in told]


def _claimed(staff: Staff, credential: str) -> SecurityKey | None:
    """The key, of this person's, that the answer says it comes from; its row is locked."""
    try:
        claimed = base64url_to_bytes(parse_authentication_credential_json(credential).id)
    except Exception:  # what a hostile answer breaks in the reader is a refusal, whatever it is
        return None
    return SecurityKey.objects.select_for_update().filter(user=staff, credential_id=claimed, confirmed=True).first()


def _signed(key: SecurityKey, credential: str, challenge: bytes) -> VerifiedAuthentication | None:
    try:
        return verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.WEBAUTHN_RP_ID,
            expected_origin=settings.WEBAUTHN_ORIGINS,
            credential_public_key=bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
        )
    except Exception:  # as above
        return None


def _registered(credential: str, challenge: bytes) -> VerifiedRegistration | None:
    try:
        found = verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=settings.WEBAUTHN_RP_ID,
            expected_origin=settings.WEBAUTHN_ORIGINS,
        )
    except Exception:  # as above
        return None
    return found if len(found.credential_id) <= LONGEST_ID else None
