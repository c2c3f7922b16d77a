"""The forgotten password of a pupil or a guardian: asked for by identifiant, chosen anew by the link of a mail."""

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.actions.holder_passwords import (
    change_by_link,
    holder_of_link,
    is_reached,
    void_own_password,
    whom_to_write,
)
from accounts.forms.activation import ForgottenForm, OwnPasswordForm, TextCodeForm
from accounts.holders import Holding, leave
from accounts.requests import ConsoleRequest
from accounts.tasks import tell_holder_changed, tell_holder_code, tell_holder_link
from accounts.views.activation import actor_of, elsewhere, may_ask
from accounts.views.holder_code import code_page
from accounts.walls import READING, public_view

LINKS_ASKED = "holder links"
"""Before the identifiant, where the demands for links are counted: apart from the tries to sign in."""


@never_cache
@public_view(*READING, "POST")
def holder_forgotten(request: ConsoleRequest) -> HttpResponse:
    """Ask for a link by mail. The answer and the work are the same whoever it is, whatever becomes of it."""
    form = ForgottenForm(request.POST or None)
    is_asked = False
    if request.method == "POST" and form.is_valid():
        username = form.cleaned_data["username"]
        is_asked = may_ask(request, form, counted_under=f"{LINKS_ASKED} {username}")
        if is_asked and form.cleaned_data.get("way") == ForgottenForm.TEXT:
            tell_holder_code(whom_to_write(username))
            return code_page(request, TextCodeForm(initial={"username": username}))
        if is_asked:
            tell_holder_link(whom_to_write(username), request.build_absolute_uri("/"))
    return render(request, "activation/forgotten.html", {"form": form, "is_asked": is_asked})


@never_cache
@public_view(*READING, "POST")
def holder_new_password(request: ConsoleRequest, token: str) -> HttpResponse:
    """Choose another password by the link of the mail, once. It signs nobody in, and names nobody."""
    account = holder_of_link(token)
    form = OwnPasswordForm(account, request.POST or None)
    is_done = False
    if account is not None and request.method == "POST" and form.is_valid():
        is_done = _change(request, token, make_password(form.cleaned_data["new_password1"]))
        account = account if is_done else None
    context = {"form": form, "is_good": account is not None, "is_done": is_done}
    return render(request, "activation/new_password.html", context, status=200 if account else 404)


@transaction.atomic
def _change(request: ConsoleRequest, token: str, password_hash: str) -> bool:
    changed = change_by_link(actor=actor_of(request), token=token, password_hash=password_hash)
    if changed is not None:
        tell_holder_changed(*changed)
    return changed is not None


@never_cache
@public_view(*READING, "POST")
def holder_not_me(request: ConsoleRequest) -> HttpResponse:
    """« Ce n’était pas moi »: told what it does, then done; the way back is the confirmed address, or the school."""
    holding = Holding.of(request)
    if holding is None or not holding.opened.is_activated:
        return elsewhere(holding)
    is_done = request.method == "POST" and void_own_password(actor=actor_of(request), opened=holding.opened)
    context = {"is_done": is_done, "is_reachable": is_reached(holding.account)}
    response = render(request, "activation/not_me.html", context)
    if is_done:
        leave(request, response)
    return response
