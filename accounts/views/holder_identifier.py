"""The forgotten identifiant of a pupil or a guardian: sent to the address that they confirmed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.actions.holder_identifiers import whom_to_remind
from accounts.actions.sign_in import begin_try
from accounts.forms.activation import ForgottenIdentifierForm
from accounts.forms.session import add_error
from accounts.requests import ConsoleRequest
from accounts.tasks import tell_holder_identifiers
from accounts.views.activation import client_address
from accounts.views.session import wait_in_words
from accounts.walls import READING, public_view

REMINDERS_ASKED = "holder identifiers"
"""Before the address, where the demands are counted: apart from the tries to sign in."""


@never_cache
@public_view(*READING, "POST")
def holder_identifier(request: ConsoleRequest) -> HttpResponse:
    """Ask for the identifiant by mail. The answer and the work are the same whosever the address is, or nobody's."""
    form = ForgottenIdentifierForm(request.POST or None)
    is_asked = request.method == "POST" and form.is_valid() and _may_ask(request, form)
    if is_asked:
        tell_holder_identifiers(whom_to_remind(form.cleaned_data["email"]))
    return render(request, "activation/forgotten_identifier.html", {"form": form, "is_asked": is_asked})


def _may_ask(request: ConsoleRequest, form: ForgottenIdentifierForm) -> bool:
    """Slowed down as tries to sign in are, by address asked for and by where from."""
    email = f"{REMINDERS_ASKED} {form.cleaned_data['email']}"
    wait = begin_try(username=email, address=client_address(request))
    if wait:
        add_error(form, None, f"Trop de demandes. Vous pourrez recommencer dans {wait_in_words(wait)}.")
    return not wait
