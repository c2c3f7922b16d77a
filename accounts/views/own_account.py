"""One's own account: the password changed, and chosen again by whoever forgot it."""

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordForm
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render

from accounts.actions.keys import means_of
from accounts.actions.security_keys import are_possible
from accounts.actions.sessions import close_own, open_sessions
from accounts.actions.sign_in import begin_try
from accounts.actions.staff import choose_password
from accounts.forms.session import ChangePasswordForm, ForgottenPasswordForm, add_error
from accounts.models import Staff
from accounts.requests import ConsoleRequest, SignedInRequest
from accounts.tasks import NOBODY, tell_password_changed, tell_password_link
from accounts.views.keys import check_password, choose_and_leave, staff_of_link
from accounts.views.session import wait_in_words
from accounts.walls import READING, actor_of, public_view, signed_in_view

LINKS_ASKED = "password links"
"""Before the identifiant, where the demands for links are counted: apart from the tries to sign in."""


@signed_in_view(*READING)
def own_account(request: SignedInRequest) -> HttpResponse:
    """What one signs in with, and the sessions that are open."""
    current = request.session.session_key or ""
    context = {
        "means": means_of(request.user.pk),
        "keys_possible": are_possible(),
        "sessions": open_sessions(staff_id=request.user.pk, current=current, address=str(request.client_address or "")),
    }
    return render(request, "own_account/home.html", context)


@signed_in_view("POST")
def own_session_close(request: SignedInRequest) -> HttpResponse:
    """One of one's own other sessions, or all of them. The present one is left by signing out."""
    name = request.POST.get("session")
    current = request.session.session_key or ""
    closed = close_own(actor=actor_of(request), staff_id=request.user.pk, current=current, name=name)
    if closed:
        plural = "s" if closed > 1 else ""
        messages.success(request, f"{closed} session{plural} fermée{plural}.")
    else:
        messages.info(request, "Rien n’était à fermer : cette session est déjà finie.")
    return redirect("own_account")


@signed_in_view(*READING, "POST")
def own_password(request: SignedInRequest) -> HttpResponse:
    """Change it, the present one being asked. This session goes on under a new id, all others end."""
    staff = Staff.objects.get(pk=request.user.pk)
    form = ChangePasswordForm(staff, request.POST or None)
    if request.method == "POST" and form.is_valid() and check_password(request, staff, form):
        choose_password(actor=actor_of(request), staff=staff, password=form.cleaned_data["new_password1"])
        update_session_auth_hash(request, staff)
        tell_password_changed(staff)
        messages.success(request, "Votre mot de passe est changé. Vos autres sessions sont fermées.")
        return redirect("own_account")
    return render(request, "own_account/password.html", {"form": form})


@public_view(*READING, "POST")
def forgotten_password(request: ConsoleRequest) -> HttpResponse:
    """Ask for a link by mail. An unknown identifiant gets the same answer, for the same work."""
    form = ForgottenPasswordForm(request.POST or None)
    is_asked = request.method == "POST" and form.is_valid() and _may_ask(request, form)
    if is_asked:
        staff = Staff.objects.filter(username=form.cleaned_data["username"], is_active=True).first()
        tell_password_link(staff.pk if staff else NOBODY, request.build_absolute_uri("/"))
    return render(request, "registration/forgotten_password.html", {"form": form, "is_asked": is_asked})


def _may_ask(request: ConsoleRequest, form: ForgottenPasswordForm) -> bool:
    """Slowed down as tries to sign in are, so that nobody's mailbox is flooded."""
    username = f"{LINKS_ASKED} {form.cleaned_data['username']}"
    wait = begin_try(username=username, address=str(request.client_address or "") or None)
    if wait:
        add_error(form, None, f"Trop de demandes. Vous pourrez recommencer dans {wait_in_words(wait)}.")
    return not wait


@public_view(*READING, "POST")
@transaction.atomic
def password_reset(request: ConsoleRequest, uid: str, token: str) -> HttpResponse:
    """Choose a new password by the link of the mail, once: its row is locked. It signs nobody in, the key is asked."""
    staff = staff_of_link(uid, token, among=Staff.objects.select_for_update(no_key=True))
    if staff is None:
        return render(request, "registration/password_link_invalid.html", status=404)
    form: SetPasswordForm[Staff] = SetPasswordForm(staff, request.POST or None)
    if request.method == "POST" and form.is_valid():
        choose_and_leave(request, staff, form.cleaned_data["new_password1"])
        tell_password_changed(staff)
        return redirect("sign_in")
    return render(request, "registration/password_reset.html", {"form": form})
