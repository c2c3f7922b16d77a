"""First use and keys: choosing a password, recording an OTP key, proving again who is there."""

import base64
import secrets
from typing import Any
from urllib.parse import quote

import segno
from django import forms
from django.contrib import messages
from django.contrib.auth import authenticate, logout
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.tokens import default_token_generator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django_otp import login as otp_login

from accounts import assurance
from accounts.actions.key_mails import KeyChange
from accounts.actions.keys import means_of, record_otp_key
from accounts.actions.sign_in import begin_try, end_tries
from accounts.actions.staff import choose_password
from accounts.forms.session import OtpForm, PasswordProofForm, add_error
from accounts.kept import page_behind
from accounts.models import OtpKey, Staff
from accounts.requests import ConsoleRequest, SignedInRequest
from accounts.tasks import tell_key_change
from accounts.views.ceremony import offer_known
from accounts.views.recovery import show_new_codes
from accounts.views.session import CODE_REFUSED, REFUSED, next_address, read_key, wait_in_words
from accounts.walls import READING, actor_of, ask_for_key, prove_again, public_view, signed_in_view

SEED_BYTES = 20
FOR_PROOF = "proof"
ISSUER = "Comptes EduConnect"


@public_view(*READING, "POST")
def invitation(request: ConsoleRequest, uid: str, token: str) -> HttpResponse:
    """The person invited chooses a password; the link ends with that."""
    staff = staff_of_link(uid, token, among=Staff.objects.all())
    if staff is None:
        return render(request, "registration/invitation_invalid.html", status=404)
    form: SetPasswordForm[Staff] = SetPasswordForm(staff, request.POST or None)
    if request.method == "POST" and form.is_valid():
        choose_and_leave(request, staff, form.cleaned_data["new_password1"])
        return redirect("sign_in")
    held = staff.mandates.select_related("school").order_by("-created_at").first()
    context = {
        "form": form,
        "invited": {
            "full_name": staff.get_full_name(),
            "username": staff.username,
            "role_label": held.get_role_display() if held else "",
            "school_name": held.school.name if held else "",
        },
    }
    return render(request, "registration/invitation.html", context)


def choose_and_leave(request: ConsoleRequest, staff: Staff, password: str) -> None:
    """By a link: all of the person's sessions end, that of this browser too."""
    actor = actor_of(request)
    if request.user.pk == staff.pk:
        logout(request)
    choose_password(actor=actor, staff=staff, password=password)


def staff_of_link(uid: str, token: str, *, among: QuerySet[Staff]) -> Staff | None:
    """Whose link it is, while it is good."""
    try:
        staff = among.get(pk=int(force_str(urlsafe_base64_decode(uid))), is_active=True)
    except (ValueError, OverflowError, Staff.DoesNotExist):
        return None
    return staff if default_token_generator.check_token(staff, token) else None


@signed_in_view(*READING, "POST")
def otp_enrol(request: SignedInRequest) -> HttpResponse:
    """Record a first key. Whoever has one changes it elsewhere, with it in hand."""
    if means_of(request.user.pk).has_key:
        return redirect("sign_in_otp")
    return _record_key(request)


@signed_in_view(*READING, "POST")
def own_otp_key(request: SignedInRequest) -> HttpResponse:
    """Another key in place of the one recorded, which must be shown first, or a recovery code."""
    first = lead_to_record(request)
    return _record_key(request, is_replaced=means_of(request.user.pk).has_key) if first is None else first


def lead_to_record(request: SignedInRequest) -> HttpResponse | None:
    """Where to go before a key may be recorded: whoever has one shows it, and everyone proves again who is there."""
    if means_of(request.user.pk).has_key and getattr(request.user, "otp_device", None) is None:
        return ask_for_key(request)
    is_proved = assurance.is_freshly_proved(request) or assurance.is_freshly_recovered(request)
    return None if is_proved else prove_again(request)


def _record_key(request: SignedInRequest, *, is_replaced: bool = False) -> HttpResponse:
    key = _key_to_confirm(request)
    form = OtpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        staff = Staff.objects.get(pk=request.user.pk)
        named = {"fresh": key, "code": form.cleaned_data["otp_token"], "is_replaced": is_replaced}
        if record_otp_key(actor=actor_of(request), staff=staff, **named):
            return _recorded(request, staff, key, is_replaced=is_replaced)
        add_error(form, "otp_token", CODE_REFUSED)
    context = {
        **_key_shown(request, key),
        "form": form,
        "is_replaced": is_replaced,
        "is_recovered": assurance.is_freshly_recovered(request),
        "codes_left": means_of(request.user.pk).codes_left,
    }
    return render(request, "registration/otp_enrol.html", context)


def _recorded(request: SignedInRequest, staff: Staff, key: OtpKey, *, is_replaced: bool) -> HttpResponse:
    """The key counts as shown; whoever has no recovery code left gets ten."""
    otp_login(request, key)
    request.session.cycle_key()
    assurance.mark_proved(request)
    if is_replaced:
        tell_key_change(staff, KeyChange.OTP_REPLACED)
        messages.success(request, "Votre nouvelle clé OTP est enregistrée. L’ancienne n’ouvre plus rien.")
    return redirect(next_address(request)) if means_of(staff.pk).codes_left else show_new_codes(request)


def _key_to_confirm(request: SignedInRequest) -> OtpKey:
    key = OtpKey.objects.filter(user=request.user.pk, confirmed=False).first()
    if key is None:
        key = OtpKey(user=Staff.objects.get(pk=request.user.pk), name="totp", confirmed=False)
        key.set_seed(secrets.token_bytes(SEED_BYTES))
        key.save()
    return key


def _key_shown(request: SignedInRequest, key: OtpKey) -> dict[str, Any]:
    secret = base64.b32encode(key.seed).decode()
    label = quote(f"{ISSUER}:{request.user.get_username()}")
    address = f"otpauth://totp/{label}?secret={secret}&issuer={quote(ISSUER)}&algorithm=SHA1&digits=6&period=30"
    return {
        "qr_svg_data_uri": segno.make(address, error="m").svg_data_uri(scale=5, border=2),
        "secret_groups": [secret[start : start + 4] for start in range(0, len(secret), 4)],
        "next": next_address(request),
    }


@signed_in_view(*READING, "POST")
def proof(request: SignedInRequest) -> HttpResponse:
    """Show again who is there, before a grave act: by a key, or by the password for who has none."""
    staff = Staff.objects.get(pk=request.user.pk)
    means = means_of(staff.pk)
    if not means.has_key:
        return _proof_by_password(request, staff)
    form, key_form, shown = read_key(request, staff, means, FOR_PROOF)
    if shown is not None:
        otp_login(request, shown)
        return _proved(request)
    options = offer_known(request, means.security_keys, FOR_PROOF)
    context = {"form": form, "key_form": key_form, "key_options": options, **_ways_on(request)}
    return render(request, "registration/proof.html", context | {"by_key": means.otp is not None})


def _proof_by_password(request: SignedInRequest, staff: Staff) -> HttpResponse:
    form = PasswordProofForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and check_password(request, staff, form):
        return _proved(request)
    return render(request, "registration/proof.html", {"form": form, **_ways_on(request), "by_key": False})


def _ways_on(request: SignedInRequest) -> dict[str, str]:
    """After the proof, and for who gives it up."""
    return {"next": next_address(request), "given_up": page_behind(request, next_address(request))}


def _proved(request: SignedInRequest) -> HttpResponse:
    request.session.cycle_key()
    assurance.mark_proved(request)
    return redirect(next_address(request))


def check_password(request: SignedInRequest, staff: Staff, form: forms.Form) -> bool:
    address = str(request.client_address or "") or None
    wait = begin_try(username=staff.username, address=address)
    if wait:
        add_error(form, "password", f"Trop d’essais. Vous pourrez recommencer dans {wait_in_words(wait)}.")
        return False
    if authenticate(request, username=staff.username, password=form.cleaned_data["password"]) is None:
        add_error(form, "password", REFUSED)
        return False
    end_tries(username=staff.username, address=address)
    return True
