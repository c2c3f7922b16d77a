"""One's own security keys and passkeys: recorded and taken away, with a fresh proof."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django_otp import login as otp_login

from accounts import assurance
from accounts.actions.key_mails import KeyChange
from accounts.actions.keys import means_of
from accounts.actions.security_keys import (
    KeyRefusedError,
    add_security_key,
    are_possible,
    ask_new_key,
    remove_security_key,
)
from accounts.forms.session import NewSecurityKeyForm, add_error
from accounts.models import SecurityKey, Staff
from accounts.requests import SignedInRequest
from accounts.tasks import tell_key_change
from accounts.views.ceremony import TOO_LATE, offer, take_challenge
from accounts.views.keys import lead_to_record
from accounts.views.recovery import show_new_codes
from accounts.walls import READING, actor_of, signed_in_view

TO_RECORD = "record"


@signed_in_view(*READING, "POST")
def security_key_add(request: SignedInRequest) -> HttpResponse:
    """Record a key under a name of one's own."""
    first = lead_to_record(request)
    if first is not None:
        return first
    if not are_possible():
        return render(request, "own_account/security_key.html", {"is_possible": False})
    staff = Staff.objects.get(pk=request.user.pk)
    form = NewSecurityKeyForm(request.POST if request.method == "POST" else None)
    key = _added(request, staff, form) if form.is_bound else None
    if key is not None:
        return _recorded(request, staff, key)
    context = {"form": form, "is_possible": True, "key_options": offer(request, ask_new_key(staff), TO_RECORD)}
    return render(request, "own_account/security_key.html", context)


def _added(request: SignedInRequest, staff: Staff, form: NewSecurityKeyForm) -> SecurityKey | None:
    challenge = take_challenge(request, TO_RECORD)
    if not form.is_valid():
        return None
    if challenge is None:
        add_error(form, None, TOO_LATE)
        return None
    named = {field: form.cleaned_data[field] for field in ("name", "credential")}
    try:
        return add_security_key(actor=actor_of(request), staff=staff, challenge=challenge, **named)
    except KeyRefusedError as error:
        add_error(form, None, str(error))
        return None


def _recorded(request: SignedInRequest, staff: Staff, key: SecurityKey) -> HttpResponse:
    """The key counts as shown; whoever has no recovery code left gets ten."""
    tell_key_change(staff, KeyChange.SECURITY_KEY_ADDED)
    otp_login(request, key)
    request.session.cycle_key()
    assurance.mark_proved(request)
    messages.success(request, f"La clé « {key.name} » est enregistrée.")
    return redirect("own_account") if means_of(staff.pk).codes_left else show_new_codes(request)


@signed_in_view("POST")
def security_key_remove(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take one of one's own away. What it opened asks for another at its next request."""
    first = lead_to_record(request)
    if first is not None:
        return first
    staff = Staff.objects.get(pk=request.user.pk)
    try:
        key = remove_security_key(actor=actor_of(request), staff=staff, key_id=pk)
    except SecurityKey.DoesNotExist as error:
        raise Http404 from error
    except KeyRefusedError as error:
        messages.error(request, str(error))
        return redirect("own_account")
    tell_key_change(staff, KeyChange.SECURITY_KEY_REMOVED)
    messages.success(request, f"La clé « {key.name} » est retirée : elle n’ouvre plus rien.")
    return redirect("own_account")
