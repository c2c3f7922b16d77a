"""The activation site: from the letter to an account of one's own. No page of the console can be reached.

Three steps, each of which leads to the next and none of which can be skipped: identifiant and provisional password, a
password of one's own, birth date. A guardian's third is in `guardian_activation.py`.
"""

from datetime import timedelta

from django.contrib.auth.hashers import make_password
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts import france_connect
from accounts.actions.activation import LetterEndedError, Opened, WrongBirthDateError, activate, note_sign_in, weigh
from accounts.actions.holder_emails import may_choose_email
from accounts.actions.holder_sign_ins import last_sign_ins
from accounts.actions.journal import Actor
from accounts.actions.sign_in import begin_try, end_tries
from accounts.enums import AccountState, Origin, Population
from accounts.forms.activation import BirthDateForm, HolderSignInForm, OwnPasswordForm
from accounts.forms.session import Words, add_error
from accounts.holders import Holding, leave
from accounts.models import Guardian, Student
from accounts.requests import ConsoleRequest
from accounts.views.session import wait_in_words
from accounts.walls import READING, public_view

ONWARD = "suite"
"""The parameter of the sign-in page that leads back to a service's request."""
HOLDERS = "holders"
BIRTH_DATES = "birth dates"
"""Before what is counted: apart from the tries of the staff, and from each other."""
DATES_TRIED = 5
REFUSED = gettext_lazy(
    "Identifiant ou mot de passe incorrect. Vérifiez-les sur votre courrier. S’il a plus de trois mois, ou si rien n’y"
    " fait, demandez-en un autre au secrétariat de votre établissement."
)
WRONG_DATE = gettext_lazy(
    "Ce n’est pas la date de naissance que connaît votre établissement. Vérifiez-la, chiffre par chiffre."
)
TOO_MANY_DATES = gettext_lazy(
    "Cette date de naissance n’est pas celle que connaît votre établissement. Recommencez depuis le début, ou"
    " demandez au secrétariat quelle date il connaît."
)
ENDED = gettext_lazy("Ce courrier ne vaut plus. Demandez-en un autre au secrétariat de votre établissement.")


@never_cache
@public_view(*READING, "POST")
def activation(request: ConsoleRequest) -> HttpResponse:
    """Step 1: what the letter gives. Whoever has activated the account comes in here as well."""
    form = HolderSignInForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        opened = weighed(request, form)
        if opened is not None:
            return _enter(request, opened)
    return _sign_in_page(request, form)


def _sign_in_page(request: ConsoleRequest, form: HolderSignInForm, *, why: Words = "") -> HttpResponse:
    onward = request.GET.get(ONWARD, "")
    context = {"form": form, "why": why, "france_connect": france_connect.is_on(), "onward": onward}
    return render(request, "activation/sign_in.html", context)


def weighed(request: ConsoleRequest, form: HolderSignInForm) -> Opened | None:
    """One try, counted before it is weighed; all refusals are alike."""
    username, address = f"{HOLDERS} {form.cleaned_data['username']}", client_address(request)
    wait = begin_try(username=username, address=address)
    if wait:
        add_error(form, None, too_many_tries(wait))
        return None
    typed = form.cleaned_data["password"]
    opened = weigh(username=form.cleaned_data["username"], typed=typed, now=timezone.now())
    if opened is None:
        add_error(form, None, REFUSED)
        return None
    end_tries(username=username, address=address)
    return opened


def too_many_tries(wait: timedelta) -> str:
    """What is told to whoever tried too often."""
    return _("Trop d’essais. Vous pourrez recommencer dans %(wait)s.") % {"wait": wait_in_words(wait)}


def _enter(request: ConsoleRequest, opened: Opened) -> HttpResponse:
    if opened.is_activated:
        note_sign_in(account_id=opened.account_id, now=timezone.now(), population=opened.population)
    response = redirect(
        onward_of(request) or reverse("holder_account") if opened.is_activated else "activation_password"
    )
    Holding.just(opened).begin(request, response)
    return response


def actor_of(request: ConsoleRequest) -> Actor:
    """Whoever is there: of the staff nobody, told by where from."""
    return Actor(address=client_address(request) or "", request_id=request.request_id)


def may_ask(request: ConsoleRequest, form: Form, *, counted_under: str) -> bool:
    """Whether one more mail may be asked for: slowed down as tries to sign in are, and told in the form.

    So nobody's mailbox is flooded.
    """
    wait = begin_try(username=counted_under, address=client_address(request))
    if wait:
        told = _("Trop de demandes. Vous pourrez recommencer dans %(wait)s.")
        add_error(form, None, told % {"wait": wait_in_words(wait)})
    return not wait


def onward_of(request: ConsoleRequest) -> str:
    """Back to the service that sent its user here to sign in; "" where none did."""
    asked = request.GET.get(ONWARD, "")
    return asked if asked.startswith(f"{reverse('oidc_authorization')}?") else ""


@never_cache
@public_view(*READING, "POST")
def activation_password(request: ConsoleRequest) -> HttpResponse:
    """Step 2: a password of one's own, kept as its hash until the birth date is given."""
    holding = Holding.of(request)
    if holding is None or holding.account.state != AccountState.NOTIFIED:
        return elsewhere(holding)
    is_guardian = holding.opened.population is Population.GUARDIANS
    form = OwnPasswordForm(holding.account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        holding.password = make_password(form.cleaned_data["new_password1"])
        response = redirect("activation_children" if is_guardian else "activation_birth_date")
        holding.keep(request, response)
        return response
    context = {"form": form, "account": holding.account, "steps": 3 if is_guardian else 2}
    return render(request, "activation/password.html", context)


@never_cache
@public_view(*READING, "POST")
def activation_birth_date(request: ConsoleRequest) -> HttpResponse:
    """Step 3: the birth date, and the account is activated."""
    holding = Holding.of(request)
    if holding is None or holding.opened.is_activated or not holding.password:
        return elsewhere(holding)
    if holding.opened.population is not Population.STUDENTS:
        return elsewhere(holding)
    form = BirthDateForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        wait = begin_try(username=counted(holding), address=client_address(request))
        if not wait:
            return _activate(request, holding, form)
        add_error(form, "birth_date", too_many_tries(wait))
    return _birth_date_page(request, holding, form)


def _activate(request: ConsoleRequest, holding: Holding, form: BirthDateForm) -> HttpResponse:
    """Activated, or why not. A letter that ended meanwhile and a date wrong too often lead back to the beginning."""
    try:
        opened = activate(
            actor=actor_of(request),
            opened=holding.opened,
            password_hash=holding.password,
            birth_date=form.cleaned_data["birth_date"],
            now=timezone.now(),
        )
    except LetterEndedError:
        return begin_again(request, ENDED)
    except WrongBirthDateError:
        return _wrong_date(request, holding, form)
    end_tries(username=counted(holding), address=client_address(request))
    response = redirect("holder_account")
    Holding(opened, holding.account, just_activated=True).begin(request, response)
    return response


def _wrong_date(request: ConsoleRequest, holding: Holding, form: BirthDateForm) -> HttpResponse:
    holding.wrong_dates += 1
    if holding.wrong_dates >= DATES_TRIED:
        return begin_again(request, TOO_MANY_DATES)
    add_error(form, "birth_date", WRONG_DATE)
    response = _birth_date_page(request, holding, form)
    holding.keep(request, response)
    return response


def _birth_date_page(request: ConsoleRequest, holding: Holding, form: BirthDateForm) -> HttpResponse:
    birth_date = holding.account.birth_date if isinstance(holding.account, Student) else None
    context = {"form": form, "is_known": birth_date is not None}
    return render(request, "activation/birth_date.html", context)


def begin_again(request: ConsoleRequest, why: Words) -> HttpResponse:
    response = _sign_in_page(request, HolderSignInForm(), why=why)
    leave(request, response)
    return response


@never_cache
@public_view(*READING)
def holder_account(request: ConsoleRequest) -> HttpResponse:
    """The holder's own page: the account is there, under this identifiant."""
    holding = Holding.of(request)
    if holding is None or not holding.opened.is_activated:
        return elsewhere(holding)
    is_tied_there = holding.account.origin == Origin.FRANCE_CONNECT
    may_tie = france_connect.is_on() and isinstance(holding.account, Guardian) and not is_tied_there
    context = {
        "account": holding.account,
        "just_activated": holding.just_activated,
        "may_tie": may_tie,
        "may_choose_email": may_choose_email(holding.account),
        "sign_ins": last_sign_ins(holding.opened.account_id),
    }
    return render(request, "activation/account.html", context)


def elsewhere(holding: Holding | None) -> HttpResponse:
    """To the step where this person is: none can be skipped, none done twice."""
    if holding is None:
        return redirect("activation")
    if holding.account.state == AccountState.ACTIVATING:
        return redirect("activation_waiting")
    return redirect("holder_account" if holding.opened.is_activated else "activation_password")


def counted(holding: Holding) -> str:
    return f"{BIRTH_DATES} {holding.opened.account_id}"


def client_address(request: ConsoleRequest) -> str | None:
    return str(request.client_address or "") or None
