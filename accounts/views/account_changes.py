"""What head and agent change about an account, a pupil's or a guardian's: the forms, and what each says afterwards."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render

from accounts.actions.account_changes import (
    Holder,
    ImpossibleError,
    StaleAccountError,
    block,
    may_send_link,
    modify,
    unblock,
)
from accounts.enums import BlockReason, Origin, UnblockReason
from accounts.forms.accounts import AccountForm, BlockForm, ModifyForm, UnblockForm
from accounts.requests import SchoolRequest
from accounts.tasks import tell_email_link
from accounts.walls import actor_of

STALE = (
    "Ce compte a été modifié entre-temps, par vous dans un autre onglet ou par un collègue."
    " Rien n’a été enregistré : voici ce qu’il est maintenant."
)
TOO_MANY_LINKS = (
    "Plusieurs messages sont déjà partis depuis une heure vers cette adresse. Attendez avant d’en envoyer un autre."
)


@dataclass(frozen=True, slots=True)
class Opened:
    """An account that the mandate lets be changed, as it is now; `place` stands under its name, `url` is its page."""

    account: Holder
    place: str
    url: str


Load = Callable[[], Opened]
"""Reads it, and again where somebody was quicker."""


def form_page(
    request: SchoolRequest, template: str, opened: Opened, form: AccountForm, *, stale: str = "", **more: Any
) -> HttpResponse:
    account = opened.account
    person = {
        "name": f"{account.first_name} {account.last_name}",
        "place": opened.place,
        "username": account.username,
        "url": opened.url,
    }
    context = {"form": form, "person": person, "stale": stale, **more}
    return render(request, template, context, status=409 if stale else 200)


def renew(form: AccountForm, account: Holder) -> None:
    """As it was filled in, on the account as it is now."""
    form.data = {**form.data.dict(), "version": str(account.version)}  # type: ignore[attr-defined]  # a QueryDict


def save_changes(request: SchoolRequest, opened: Opened, form: ModifyForm) -> HttpResponseRedirect:
    """Set what the form says; a new address gets its mail. StaleAccountError."""
    uai, account, email = request.mandate.uai, opened.account, form.cleaned_data["email"]
    changed = modify(
        actor=actor_of(request),
        uai=uai,
        account=account,
        version=form.cleaned_data["version"],
        email=email,
        distributed_on=form.handed_over_on,
        language=form.cleaned_data.get("language") or None,
    )
    if "email" in changed and email and may_send_link(uai, account.pk):
        tell_email_link(account, uai, request.build_absolute_uri("/"))
        messages.success(request, "Le compte est modifié. Un message demande à la personne de confirmer son adresse.")
    elif changed:
        messages.success(request, "Le compte est modifié.")
    else:
        messages.info(request, "Rien n’a changé.")
    return redirect(opened.url)


def send_link_again(request: SchoolRequest, opened: Opened) -> HttpResponseRedirect:
    """Send the link that confirms the address once more."""
    uai, account = request.mandate.uai, opened.account
    if not account.email or account.email_confirmed_at is not None:
        messages.info(request, "Il n’y a pas d’adresse à confirmer.")
    elif not may_send_link(uai, account.pk):
        messages.error(request, TOO_MANY_LINKS)
    else:
        tell_email_link(account, uai, request.build_absolute_uri("/"))
        messages.success(request, "Le message de confirmation part de nouveau.")
    return redirect(opened.url)


def decide_block(request: SchoolRequest, load: Load) -> HttpResponse:
    """Say why, then shut the account."""

    def act(form: AccountForm, **what: Any) -> str:
        block(reason=BlockReason(form.cleaned_data["reason"]), note=form.cleaned_data["note"], **what)
        return "Le compte est bloqué. Aucun mot de passe ne l’ouvre plus."

    return _decide(request, load, BlockForm, act, "accounts/block.html", "Ce compte est déjà bloqué, ou fermé.")


def decide_unblock(request: SchoolRequest, load: Load) -> HttpResponse:
    """Say why, then let the account be notified again."""

    def act(form: AccountForm, **what: Any) -> str:
        unblock(reason=UnblockReason(form.cleaned_data["reason"]), **what)
        if what["account"].origin == Origin.FRANCE_CONNECT:
            return "Le blocage est levé. La personne se connecte de nouveau par FranceConnect."
        return "Le blocage est levé. Notifiez le compte pour redonner un mot de passe."

    return _decide(request, load, UnblockForm, act, "accounts/unblock.html", "Ce compte n’est pas bloqué.")


def _decide(
    request: SchoolRequest,
    load: Load,
    kind: type[AccountForm],
    act: Callable[..., str],
    template: str,
    impossible: str,
) -> HttpResponse:
    """A form that asks why, then the act; said where the state does not let it, or somebody was quicker."""
    opened, stale = load(), ""
    form = kind(request.POST or None, initial={"version": opened.account.version})
    if request.method == "POST" and form.is_valid():
        what = {"actor": actor_of(request), "uai": request.mandate.uai, "account": opened.account}
        try:
            messages.success(request, act(form, version=form.cleaned_data["version"], **what))
        except StaleAccountError:
            stale, opened = STALE, load()
            renew(form, opened.account)
        except ImpossibleError:
            messages.error(request, impossible)
    if request.method == "POST" and form.is_valid() and not stale:
        return redirect(opened.url)
    return form_page(request, template, opened, form, stale=stale, since=opened.account)
