"""First use and keys: choosing a password, recording an OTP key, proving again who is there."""

import base64
import secrets
from typing import Any
from urllib.parse import quote

import segno
from django import forms
from django.contrib.auth import authenticate
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.password_validation import password_validators_help_texts
from django.contrib.auth.tokens import default_token_generator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.encoding import force_str
from django.utils.http import urlsafe_base64_decode
from django_otp import login as otp_login

from accounts import assurance
from accounts.actions.journal import Event, record
from accounts.actions.sign_in import begin_try, end_tries
from accounts.actions.staff import choose_password
from accounts.forms.session import OtpForm, PasswordProofForm, add_error
from accounts.models import OtpKey, Staff
from accounts.requests import ConsoleRequest, SignedInRequest
from accounts.views.session import CODE_REFUSED, REFUSED, check_code, next_address, wait_in_words
from accounts.walls import READING, actor_of, public_view, signed_in_view

SEED_BYTES = 20
ISSUER = "Comptes EduConnect"


@public_view(*READING, "POST")
def invitation(request: ConsoleRequest, uid: str, token: str) -> HttpResponse:
    """The person invited chooses a password; the link ends with that."""
    staff = staff_of_link(uid, token, among=Staff.objects.all())
    if staff is None:
        return render(request, "registration/invitation_invalid.html", status=404)
    form: SetPasswordForm[Staff] = SetPasswordForm(staff, request.POST or None)
    if request.method == "POST" and form.is_valid():
        choose_password(actor=actor_of(request), staff=staff, password=form.cleaned_data["new_password1"])
        return redirect("sign_in")
    held = staff.mandates.select_related("school").order_by("-created_at").first()
    context = {
        "form": form,
        "rules": password_validators_help_texts(),
        "invited": {
            "full_name": staff.get_full_name(),
            "username": staff.username,
            "role_label": held.get_role_display() if held else "",
            "school_name": held.school.name if held else "",
        },
    }
    return render(request, "registration/invitation.html", context)


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
    if OtpKey.objects.filter(user=request.user.pk, confirmed=True).exists():
        return redirect("sign_in_otp")
    key = _key_to_confirm(request)
    form = OtpForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        if key.confirm(form.cleaned_data["otp_token"]):
            record(actor=actor_of(request), event=Event.OTP_ENROLLED)
            otp_login(request, key)
            request.session.cycle_key()
            assurance.mark_proved(request)
            return redirect(next_address(request))
        add_error(form, "otp_token", CODE_REFUSED)
    return render(request, "registration/otp_enrol.html", {**_key_shown(request, key), "form": form})


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
    """Show again who is there, before a grave act: by the key, or by the password for who has none."""
    staff = Staff.objects.get(pk=request.user.pk)
    key = OtpKey.objects.filter(user=staff, confirmed=True).first()
    form: OtpForm | PasswordProofForm = (OtpForm if key else PasswordProofForm)(request.POST or None)
    if request.method == "POST" and form.is_valid():
        is_right = check_code(request, staff, key, form) if key else check_password(request, staff, form)
        if is_right:
            if key:
                otp_login(request, key)
            request.session.cycle_key()
            assurance.mark_proved(request)
            return redirect(next_address(request))
    return render(
        request, "registration/proof.html", {"form": form, "next": next_address(request), "by_key": bool(key)}
    )


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
