"""Guardians who come by FranceConnect: the way there, the way back, and the tie with the account, once.

The browser comes back from another site, so that the holder's own cookie is not with it: the page of the return goes on
by a link of this site, as the page on the way to a service does.
"""

import structlog
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache

from accounts import france_connect as protocol
from accounts.actions.activation import LetterEndedError, Opened
from accounts.actions.france_connect import (
    AnotherPersonError,
    Identity,
    TiedElsewhereError,
    enter,
    refuse_identity,
    tie_identity,
)
from accounts.arrivals import Arrival
from accounts.enums import Population
from accounts.forms.activation import HolderSignInForm
from accounts.forms.session import Words, add_error
from accounts.france_connect import Failure, FranceConnectError
from accounts.holders import Holding, leave
from accounts.requests import ConsoleRequest
from accounts.views.activation import ENDED, REFUSED, actor_of, onward_of, weighed
from accounts.walls import READING, public_view

log = structlog.get_logger()

FAILURES: dict[Failure, tuple[Words, Words, int]] = {
    Failure.CANCELLED: (
        gettext_lazy("La connexion par FranceConnect n’a pas eu lieu"),
        gettext_lazy("Vous avez renoncé, ou FranceConnect n’a pas pu confirmer votre identité. Rien n’a été changé."),
        200,
    ),
    Failure.LOST: (
        gettext_lazy("Cette connexion n’a pas été commencée ici"),
        gettext_lazy(
            "Elle l’a été dans un autre onglet ou un autre navigateur, il y a plus de dix minutes, ou elle a déjà"
            " servi."
        ),
        400,
    ),
    Failure.EXPIRED: (
        gettext_lazy("Cette connexion n’est plus valable"),
        gettext_lazy("Trop de temps a passé, ou FranceConnect n’a pas pu aller au bout."),
        400,
    ),
    Failure.UNREACHABLE: (
        gettext_lazy("FranceConnect ne répond pas"),
        gettext_lazy(
            "Attendez quelques minutes, puis recommencez. Votre identifiant et votre mot de passe, si vous en avez un,"
            " ouvrent toujours votre compte."
        ),
        503,
    ),
    Failure.UNTRUSTED: (
        gettext_lazy("La réponse reçue n’est pas sûre"),
        gettext_lazy("Ce qui est revenu de FranceConnect n’a pas pu être vérifié. Par prudence, rien n’a été ouvert."),
        400,
    ),
}
ANOTHER_PERSON = gettext_lazy(
    "Le nom ou le prénom que donne FranceConnect n’est pas celui que connaît l’établissement pour ce compte. Si c’est"
    " bien vous, demandez au secrétariat de le corriger."
)
TIED_ELSEWHERE = gettext_lazy(
    "Cette identité FranceConnect ouvre déjà un autre compte. Demandez au secrétariat de réunir vos deux comptes."
)


@never_cache
@public_view(*READING)
def france_connect(request: ConsoleRequest) -> HttpResponse:
    """To FranceConnect, with what this sign-in alone knows."""
    _is_on_or_404()
    asked = protocol.make_request()
    try:
        response = redirect(protocol.way_in(asked, back=_back(request)))
    except FranceConnectError as error:
        return _failed(request, error.failure)
    Arrival(request).begin(response, asked, onward_of(request))
    return response


@never_cache
@public_view(*READING)
def france_connect_return(request: ConsoleRequest) -> HttpResponse:
    """Back from FranceConnect: into the account, or to the page that ties it."""
    _is_on_or_404()
    arrival = Arrival(request)
    asked = arrival.take_asked()
    if asked is None:
        log.warning("france_connect_without_request")
        return _failed(request, Failure.LOST, told=False)
    try:
        identity = protocol.identity_of(request.GET.dict(), asked, back=_back(request))
    except FranceConnectError as error:
        return _failed(request, error.failure)
    opened = enter(actor=actor_of(request), identity=identity, now=timezone.now())
    if opened is None:
        arrival.keep(identity)
        return _onward(request, reverse("france_connect_tie"))
    return _in(request, arrival, opened, identity)


@never_cache
@public_view(*READING, "POST")
def france_connect_tie(request: ConsoleRequest) -> HttpResponse:
    """An identity that opens no account: whoever proves to hold one ties it, once."""
    _is_on_or_404()
    arrival = Arrival(request)
    identity = arrival.identity()
    if identity is None:
        return redirect("activation")
    held = _held(request)
    form = HolderSignInForm(request.POST if request.method == "POST" and held is None else None)
    why: Words = ""
    if request.method == "POST":
        opened = held.opened if held else (weighed(request, form) if form.is_valid() else None)
        if opened is not None and opened.population is not Population.GUARDIANS:
            add_error(form, None, REFUSED)
        elif opened is not None:
            tied, why = _tie(request, opened, identity)
            if tied is not None:
                return _in(request, arrival, tied, identity)
    context = {"form": form, "held": held.account if held else None, "why": why}
    return render(request, "france_connect/tie.html", context)


def _held(request: ConsoleRequest) -> Holding | None:
    """A guardian whose account is open in this browser: nothing else has to be proved."""
    holding = Holding.of(request)
    if holding is None or not holding.opened.is_activated or holding.opened.population is not Population.GUARDIANS:
        return None
    return holding


def _tie(request: ConsoleRequest, opened: Opened, identity: Identity) -> tuple[Opened | None, Words]:
    """The account, open; or why not."""
    try:
        return tie_identity(actor=actor_of(request), opened=opened, identity=identity, now=timezone.now()), ""
    except LetterEndedError:
        return None, ENDED
    except AnotherPersonError:
        refuse_identity(actor=actor_of(request), why="another name", opened=opened)
        return None, ANOTHER_PERSON
    except TiedElsewhereError:
        refuse_identity(actor=actor_of(request), why="tied elsewhere", opened=opened)
        return None, TIED_ELSEWHERE


def _in(request: ConsoleRequest, arrival: Arrival, opened: Opened, identity: Identity) -> HttpResponse:
    response = _onward(request, arrival.onward or reverse("holder_account"))
    Holding.just(opened, proof=identity.proof).begin(request, response)
    arrival.end(response)
    return response


def _onward(request: ConsoleRequest, address: str) -> HttpResponse:
    return render(request, "france_connect/onward.html", {"onward": address})


@never_cache
@public_view("POST")
def holder_sign_out(request: ConsoleRequest) -> HttpResponse:
    """The session ends here; and there, by a page on the way, for whoever came by FranceConnect."""
    holding, address = Holding.of(request), None
    if holding is not None and holding.proof and protocol.is_on():
        address = protocol.way_out(holding.proof, back=request.build_absolute_uri(reverse("activation")))
    context = {"onward": address, "is_leaving": True}
    response = render(request, "france_connect/onward.html", context) if address else redirect("activation")
    leave(request, response)
    return response


def _failed(request: ConsoleRequest, failure: Failure, *, told: bool = True) -> HttpResponse:
    """The page that says why; the journal knows the kind of failure, and nobody."""
    if told:
        refuse_identity(actor=actor_of(request), why=failure.value)
    title, text, status = FAILURES[failure]
    return render(request, "france_connect/failed.html", {"title": title, "text": text}, status=status)


def _back(request: ConsoleRequest) -> str:
    return request.build_absolute_uri(reverse("france_connect_return"))


def _is_on_or_404() -> None:
    if not protocol.is_on():
        raise Http404
