"""The activation site's steps that only guardians have: children's birth dates, an address, and the mail's link."""

from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts.actions.account_changes import may_send_link
from accounts.actions.activation import LetterEndedError, Opened, WrongBirthDateError
from accounts.actions.disputes import raise_disputes
from accounts.actions.guardian_activation import (
    begin_activation,
    children_of,
    finish_activation,
    is_activation_link,
)
from accounts.actions.sign_in import begin_try, end_tries
from accounts.enums import AccountState, Population
from accounts.forms.activation import ChildrenForm
from accounts.forms.session import add_error
from accounts.holders import Holding
from accounts.requests import ConsoleRequest
from accounts.tasks import tell_activation_link
from accounts.views.activation import (
    DATES_TRIED,
    ENDED,
    actor_of,
    begin_again,
    client_address,
    counted,
    elsewhere,
    too_many_tries,
)
from accounts.walls import READING, public_view
from educonnect_admin.toolkit.scope import school_transaction

WRONG_DATES = gettext_lazy(
    "Une date au moins n’est pas celle que connaît l’établissement. Vérifiez-les, ou demandez au secrétariat."
)


@never_cache
@public_view(*READING, "POST")
def activation_children(request: ConsoleRequest) -> HttpResponse:
    """Step 3: the birth date of each child that has one, and an address for the mail that ends the activation.

    A child may also be said to be another's: the tie is suspended at once, whatever becomes of the rest.
    """
    holding = Holding.of(request)
    if holding is None or not _is_at_children(holding):
        return elsewhere(holding)
    children = children_of(holding.opened.account_id)
    form = ChildrenForm(children, request.POST or None)
    if request.method == "POST" and children and form.is_valid() and (form.dates() or form.not_mine()):
        wait = begin_try(username=counted(holding), address=client_address(request))
        if not wait:
            return _take(request, holding, form)
        add_error(form, None, too_many_tries(wait))
    return _children_page(request, form)


def _take(request: ConsoleRequest, holding: Holding, form: ChildrenForm) -> HttpResponse:
    """What was said of some children first; then the dates of the others, if there are any to weigh."""
    try:
        disputed = raise_disputes(
            actor=actor_of(request), opened=holding.opened, children=form.not_mine(), now=timezone.now()
        )
    except LetterEndedError:
        return begin_again(request, ENDED)
    if form.dates():
        return _begin(request, holding, form)
    left = ChildrenForm(children_of(holding.opened.account_id))
    return _children_page(request, left, disputed=disputed)


def _is_at_children(holding: Holding) -> bool:
    opened = holding.opened
    is_guardian = opened.population is Population.GUARDIANS
    return is_guardian and holding.account.state == AccountState.NOTIFIED and bool(holding.password)


def _children_page(request: ConsoleRequest, form: ChildrenForm, *, disputed: int = 0) -> HttpResponse:
    is_possible = any(child.birth_date for child in form.children)
    context = {"form": form, "rows": form.rows(), "is_possible": is_possible, "disputed": disputed}
    return render(request, "activation/children.html", context)


def _begin(request: ConsoleRequest, holding: Holding, form: ChildrenForm) -> HttpResponse:
    """Begun, or why not; what is written and the mail to come are one transaction."""
    try:
        with transaction.atomic():
            opened = begin_activation(
                actor=actor_of(request),
                opened=holding.opened,
                password_hash=holding.password,
                dates=form.dates(),
                email=form.cleaned_data["email"],
                now=timezone.now(),
            )
            _send_link(request, opened)
    except LetterEndedError:
        return begin_again(request, ENDED)
    except WrongBirthDateError:
        return _wrong_dates(request, holding, form)
    end_tries(username=counted(holding), address=client_address(request))
    response = redirect("activation_waiting")
    Holding(opened, holding.account).begin(request, response)
    return response


def _wrong_dates(request: ConsoleRequest, holding: Holding, form: ChildrenForm) -> HttpResponse:
    """Which of the dates is wrong is not told: each would be guessed by itself."""
    holding.wrong_dates += 1
    if holding.wrong_dates >= DATES_TRIED:
        return begin_again(request, WRONG_DATES)
    form = form.of_the_rest()
    add_error(form, None, WRONG_DATES)
    response = _children_page(request, form)
    holding.keep(request, response)
    return response


def _send_link(request: ConsoleRequest, opened: Opened) -> bool:
    """Whether the link goes: a few an hour at most, as all links of the kind."""
    with school_transaction(opened.uai):
        may = may_send_link(opened.uai, opened.account_id)
    if may:
        tell_activation_link(opened.account_id, opened.uai, request.build_absolute_uri("/"))
    return may


@never_cache
@public_view(*READING, "POST")
def activation_waiting(request: ConsoleRequest) -> HttpResponse:
    """En cours d'activation: where the mail went, and to have it sent again."""
    holding = Holding.of(request)
    if holding is None or holding.account.state != AccountState.ACTIVATING:
        return elsewhere(holding)
    context: dict[str, Any] = {"account": holding.account}
    if request.method == "POST":
        with transaction.atomic():
            context["is_sent"] = _send_link(request, holding.opened)
        context["is_asked"] = True
    return render(request, "activation/waiting.html", context)


@never_cache
@public_view(*READING, "POST")
def activation_email(request: ConsoleRequest, token: str) -> HttpResponse:
    """Asked, then done: what opens links of mails before their reader does activates nothing. It names nobody."""
    if request.method == "POST":
        is_good = is_done = finish_activation(actor=actor_of(request), token=token, now=timezone.now())
    else:
        is_good, is_done = is_activation_link(token), False
    context = {"is_good": is_good, "is_done": is_done}
    return render(request, "activation/email.html", context, status=200 if is_good else 404)
