"""Recovery codes: signing in with one, and the sheet of ten, shown once."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django_otp import verify_token

from accounts import assurance
from accounts.actions.journal import Event, record
from accounts.actions.key_mails import KeyChange
from accounts.actions.keys import keep_codes, means_of, write_codes
from accounts.forms.session import RecoveryForm, add_error
from accounts.models import RecoverySheet, Staff
from accounts.provisional import grouped
from accounts.requests import ConsoleRequest, SignedInRequest
from accounts.tasks import tell_key_change
from accounts.views.session import awaited, enter_with, is_to_wait, next_address, with_next
from accounts.walls import READING, actor_for, actor_of, public_view, signed_in_view

PROVED = (*READING, "POST")
REFUSED = "Ce code est faux ou il a déjà servi. Vérifiez-le, ou prenez-en un autre de votre feuille."


@public_view(*READING, "POST")
def sign_in_recovery(request: ConsoleRequest) -> HttpResponse:
    """In place of the key that is lost: a code of the sheet. It leads to recording a new key."""
    staff = awaited(request)
    if staff is None:
        return redirect(with_next("sign_in", request))
    means = means_of(staff.pk)
    if means.sheet is None or not means.codes_left:
        return redirect(with_next("sign_in_otp", request))
    form = RecoveryForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid() and _is_right(request, staff, means.sheet, form):
        enter_with(request, staff, means.sheet)
        assurance.mark_recovered(request)
        return redirect(with_next("own_otp_key", request))
    context = {"form": form, "next": next_address(request), "otp_url": with_next("sign_in_otp", request)}
    return render(request, "registration/recovery.html", context)


def _is_right(request: ConsoleRequest, staff: Staff, sheet: RecoverySheet, form: RecoveryForm) -> bool:
    """Weighed under the sheet's row lock; the reason goes to the form."""
    if is_to_wait(sheet, form, "recovery_code"):
        return False
    actor = actor_for(request, staff.pk)
    if verify_token(staff, sheet.persistent_id, form.cleaned_data["recovery_code"]) is None:
        record(actor=actor, event=Event.RECOVERY_CODE_REFUSED)
        add_error(form, "recovery_code", REFUSED)
        return False
    record(actor=actor, event=Event.RECOVERY_CODE_USED)
    tell_key_change(staff, KeyChange.CODE_USED)
    return True


@signed_in_view(*PROVED, step_up=PROVED)
def recovery_codes(request: SignedInRequest) -> HttpResponse:
    """Renew the sheet: those before end. It is shown in the answer, and never again."""
    means = means_of(request.user.pk)
    if not means.has_key:
        return redirect("own_account")
    if getattr(request.user, "otp_device", None) is None:
        return redirect(with_next("sign_in_otp", request))
    if request.method == "POST":
        tell_key_change(Staff.objects.get(pk=request.user.pk), KeyChange.CODES_WRITTEN)
        return show_new_codes(request)
    return render(request, "own_account/recovery.html", {"codes_left": means.codes_left, "sheet": means.sheet})


def show_new_codes(request: SignedInRequest) -> HttpResponse:
    """The page that holds the ten codes, once."""
    codes = write_codes(actor=actor_of(request), staff=Staff.objects.get(pk=request.user.pk))
    context = {"codes": [grouped(code) for code in codes], "next": next_address(request)}
    return render(request, "own_account/new_codes.html", context)


@signed_in_view("POST")
def recovery_codes_kept(request: SignedInRequest) -> HttpResponse:
    """« J’ai rangé ces codes. »"""
    keep_codes(actor=actor_of(request), staff=Staff.objects.get(pk=request.user.pk))
    messages.success(request, "Vos codes de secours sont prêts. Vous en retrouverez le nombre dans « Mon compte ».")
    return redirect(next_address(request))
