"""Signing in, in one step or two, and out."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.contrib.auth import authenticate, login, logout
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import ngettext
from django_otp import login as otp_login
from django_otp import verify_token
from django_otp.models import Device

from accounts import assurance
from accounts.actions.journal import Actor, Event, record
from accounts.actions.keys import Means, means_of
from accounts.actions.sign_in import begin_try, end_tries
from accounts.enums import Role
from accounts.forms.session import OtpForm, SecurityKeyForm, SignInForm, add_error
from accounts.kept import page_behind
from accounts.models import Mandate, OtpKey, Staff
from accounts.models.device import SlowedDevice
from accounts.permissions import is_assured
from accounts.requests import ConsoleRequest, SignedInRequest
from accounts.views.ceremony import offer_known, shown_key
from accounts.walls import READING, actor_for, actor_of, public_view, signed_in_view

PENDING = "pending_staff"
CODE_AWAITED_SECONDS = 5 * 60
AT_SIGN_IN = "sign-in"
BACKEND = "django.contrib.auth.backends.ModelBackend"
REFUSED = "Identifiant ou mot de passe incorrect."
CODE_REFUSED = (
    "Ce code est faux ou il a déjà servi. Saisissez le code affiché maintenant par votre clé."
    " Refusé encore\u00a0? Réglez l’heure de l’appareil sur «\u00a0automatique\u00a0»\u00a0: le code dépend d’elle."
)


def next_address(request: ConsoleRequest) -> str:
    """Where to go after: an address of this site only."""
    asked = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(asked, {request.get_host()}, require_https=request.is_secure())
    return asked if asked.startswith("/") and is_ours else reverse("portal")


def wait_in_words(wait: timedelta) -> str:
    """How long to wait, rounded up."""
    seconds = int(wait.total_seconds()) + 1
    minutes = -(-seconds // 60)
    hours = -(-minutes // 60)
    if seconds < 60:
        return ngettext("%(number)d seconde", "%(number)d secondes", seconds) % {"number": seconds}
    if minutes < 60:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    return ngettext("%(number)d heure", "%(number)d heures", hours) % {"number": hours}


@public_view(*READING, "POST")
def sign_in(request: ConsoleRequest) -> HttpResponse:
    """Step 1: identifiant and password. A wrong one and an unknown one answer alike, in the same time."""
    form = SignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        staff = _weigh(request, form)
        if staff is not None:
            return _after_password(request, staff)
    context = {"form": form, "next": next_address(request), "is_lost": "perdu" in request.GET}
    return render(request, "registration/sign_in.html", context)


def _weigh(request: ConsoleRequest, form: SignInForm) -> Staff | None:
    username, address = form.cleaned_data["username"], str(request.client_address or "") or None
    wait = begin_try(username=username, address=address)
    if wait:
        told = f"Trop d’essais avec cet identifiant. Vous pourrez recommencer dans {wait_in_words(wait)}."
        add_error(form, None, f"{told} Le compte n’est pas bloqué.")
        return None
    staff = authenticate(request, username=username, password=form.cleaned_data["password"])
    if staff is None:
        record(actor=Actor(address=address or "", request_id=request.request_id), event=Event.SIGN_IN_REFUSED)
        add_error(form, None, REFUSED)
        return None
    end_tries(username=username, address=address)
    return staff


def _after_password(request: ConsoleRequest, staff: Staff) -> HttpResponse:
    """Signed in at once, or only remembered on the server until the code comes."""
    if _must_show_key(request, staff):
        request.session.flush()
        request.session[PENDING] = {"staff": staff.pk, "proof": staff.get_session_auth_hash()}
        request.session.set_expiry(CODE_AWAITED_SECONDS)
        return redirect(with_next("sign_in_otp", request))
    _enter(request, staff)
    return redirect(next_address(request))


def _must_show_key(request: ConsoleRequest, staff: Staff) -> bool:
    """A key is asked for when a mandate wants more than what is known; who has none yet goes in to enrol one."""
    if not means_of(staff.pk).has_key:
        return False
    mandates = Mandate.objects.live().filter(staff=staff).select_related("school")
    return not all(
        is_assured(
            Role(held.role),
            assurance.assurance_of(request, held.school),
            school_wants_otp=held.school.wants_otp_of_teachers,
        )
        for held in mandates
    )


def _enter(request: ConsoleRequest, staff: Staff, device: Device | None = None) -> None:
    request.session.flush()
    login(request, staff, backend=BACKEND)
    if device is not None:
        otp_login(request, device)
    assurance.start_clock(request)
    assurance.note_address(request)
    record(actor=actor_of(request), event=Event.SIGNED_IN, detail=assurance.assurance_of(request, None).value)


def with_next(name: str, request: ConsoleRequest) -> str:
    return f"{reverse(name)}?{urlencode({'next': next_address(request)})}"


@public_view(*READING, "POST")
def sign_in_otp(request: ConsoleRequest) -> HttpResponse:
    """Step 2, for a sign-in under way or for someone signed in whose mandate wants more: a code, or a security key."""
    staff = awaited(request)
    if staff is None:
        return redirect(with_next("sign_in", request))
    means = means_of(staff.pk)
    if not means.has_key:
        return redirect(with_next("otp_enrol", request))
    form, key_form, shown = read_key(request, staff, means, AT_SIGN_IN)
    if shown is not None:
        enter_with(request, staff, shown)
        assurance.mark_proved(request)
        return redirect(next_address(request))
    context = {
        "form": form,
        "key_form": key_form,
        "key_options": offer_known(request, means.security_keys, AT_SIGN_IN),
        "next": next_address(request),
        "is_kept": page_behind(request, next_address(request)) != next_address(request),
        "recovery_url": with_next("sign_in_recovery", request) if means.codes_left else None,
    }
    return render(request, "registration/otp.html", context)


def read_key(
    request: ConsoleRequest, staff: Staff, means: Means, purpose: str
) -> tuple[OtpForm | None, SecurityKeyForm, Device | None]:
    """The two forms of a key as they were filled in, and the key that was shown: a code's, or a security key."""
    is_by_security_key = request.method == "POST" and "credential" in request.POST
    typed = request.POST if request.method == "POST" and not is_by_security_key else None
    form = OtpForm(typed) if means.otp else None
    key_form = SecurityKeyForm(request.POST if is_by_security_key else None)
    if is_by_security_key:
        return form, key_form, shown_key(request, staff, key_form, purpose)
    if form is not None and means.otp and form.is_bound and form.is_valid():
        is_right = check_code(request, staff, means.otp, form)
        return form, key_form, means.otp if is_right else None
    return form, key_form, None


def enter_with(request: ConsoleRequest, staff: Staff, device: Device) -> None:
    """Signed in with this means, under a new session's id."""
    if not request.user.is_authenticated:
        _enter(request, staff, device)
    else:
        otp_login(request, device)
        request.session.cycle_key()


def awaited(request: ConsoleRequest) -> Staff | None:
    if request.user.is_authenticated:
        return Staff.objects.get(pk=request.user.pk)
    pending = request.session.get(PENDING)
    if not pending:
        return None
    staff = Staff.objects.filter(pk=pending["staff"], is_active=True).first()
    is_current = staff is not None and constant_time_compare(pending["proof"], staff.get_session_auth_hash())
    return staff if is_current else None


def check_code(request: ConsoleRequest, staff: Staff, key: OtpKey, form: forms.Form) -> bool:
    """Whether the code is right, weighed under the key's row lock; the reason goes to the form."""
    if is_to_wait(key, form, "otp_token"):
        return False
    if verify_token(staff, key.persistent_id, form.cleaned_data["otp_token"]) is None:
        record(actor=actor_for(request, staff.pk), event=Event.OTP_REFUSED)
        add_error(form, "otp_token", CODE_REFUSED)
        return False
    return True


def is_to_wait(device: SlowedDevice, form: forms.Form, field: str) -> bool:
    """Whether tries are slowed down now; for how long goes to the form."""
    wait = device.wait()
    if wait:
        add_error(form, field, f"Trop d’essais. Vous pourrez recommencer dans {wait_in_words(wait)}.")
    return bool(wait)


@signed_in_view("POST")
def sign_out(request: SignedInRequest, **_: Any) -> HttpResponse:
    record(actor=actor_of(request), event=Event.SIGNED_OUT)
    logout(request)
    return redirect("signed_out")


@public_view(*READING)
def signed_out(request: ConsoleRequest) -> HttpResponse:
    """The page that one leaves by: it says that it is done."""
    return render(request, "registration/signed_out.html")
