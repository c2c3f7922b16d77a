"""Another address of a pupil's or a guardian's own: asked for on the own page, put in force by the link of a mail."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.actions.account_changes import may_send_link
from accounts.actions.credentials import opens
from accounts.actions.holder_emails import NewEmail, choose_email, email_mark, is_email_choice, may_choose_email
from accounts.actions.outbox import seal_address
from accounts.actions.sign_in import begin_try, end_tries
from accounts.forms.activation import OwnEmailForm
from accounts.forms.session import add_error
from accounts.holders import Holding
from accounts.requests import ConsoleRequest
from accounts.tasks import tell_email_choice, tell_former_email
from accounts.views.activation import HOLDERS, actor_of, client_address, elsewhere, too_many_tries
from accounts.walls import READING, public_view
from educonnect_admin.toolkit.scope import scope

TOO_MANY = gettext_lazy("Trop de messages sont déjà partis. Recommencez dans une heure.")


@never_cache
@public_view(*READING, "POST")
def holder_email(request: ConsoleRequest) -> HttpResponse:
    """Ask for another address. Nothing of the account changes before its link is followed."""
    holding = Holding.of(request)
    if holding is None or not holding.opened.is_activated:
        return elsewhere(holding)
    if not may_choose_email(holding.account):
        return redirect("holder_account")
    form = OwnEmailForm(holding.account, request.POST or None)
    is_asked = request.method == "POST" and form.is_valid() and _ask(request, holding, form)
    context = {"form": form, "account": holding.account, "is_asked": is_asked}
    return render(request, "activation/own_email.html", context)


def _ask(request: ConsoleRequest, holding: Holding, form: OwnEmailForm) -> bool:
    """The password is weighed as at the sign-in, and its tries count with those; then the mails are written down."""
    username, address = f"{HOLDERS} {holding.account.username}", client_address(request)
    wait = begin_try(username=username, address=address)
    if wait:
        add_error(form, "password", too_many_tries(wait))
    elif not opens(holding.account, form.cleaned_data["password"]):
        add_error(form, "password", _("Ce n’est pas votre mot de passe."))
    else:
        end_tries(username=username, address=address)
        if not _write(request, holding, form.cleaned_data["email"]):
            add_error(form, None, TOO_MANY)
    return form.is_valid()


@transaction.atomic
def _write(request: ConsoleRequest, holding: Holding, email: str) -> bool:
    """Whether the link goes: a few an hour, as all links of the kind. The address in force is told of it."""
    account, opened = holding.account, holding.opened
    with scope(opened.uai):
        if not may_send_link(opened.uai, account.pk):
            return False
    sealed = seal_address(email, bound_to=account.pk.bytes)
    new = NewEmail(opened.population, account.pk, opened.uai, sealed, email_mark(account))
    tell_email_choice(new, request.build_absolute_uri("/"))
    if account.email and account.email_confirmed_at:
        tell_former_email(opened.population, account.pk, account.email, is_done=False)
    return True


@never_cache
@public_view(*READING, "POST")
def holder_email_link(request: ConsoleRequest, token: str) -> HttpResponse:
    """Asked, then done: what opens links of mails before their reader does changes nothing. It names nobody."""
    if request.method == "POST":
        is_good = is_done = _choose(request, token)
    else:
        is_good, is_done = is_email_choice(token), False
    context = {"is_good": is_good, "is_done": is_done}
    return render(request, "activation/own_email_link.html", context, status=200 if is_good else 404)


@transaction.atomic
def _choose(request: ConsoleRequest, token: str) -> bool:
    chosen = choose_email(actor=actor_of(request), token=token, now=timezone.now())
    if chosen is None:
        return False
    new, former = chosen
    if former:
        tell_former_email(new.population, new.account, former, is_done=True)
    return True
