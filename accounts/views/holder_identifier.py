"""The forgotten identifiant of a pupil or a guardian: sent to the address that they confirmed."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache

from accounts.forms.activation import ForgottenIdentifierForm
from accounts.requests import ConsoleRequest
from accounts.tasks import tell_holder_identifiers
from accounts.views.activation import may_ask
from accounts.walls import READING, public_view

REMINDERS_ASKED = "holder identifiers"
"""Before the address, where the demands are counted: apart from the tries to sign in."""


@never_cache
@public_view(*READING, "POST")
def holder_identifier(request: ConsoleRequest) -> HttpResponse:
    """Ask for the identifiant by mail. The answer and the work are the same whosever the address is, or nobody's."""
    form = ForgottenIdentifierForm(request.POST or None)
    is_asked = False
    if request.method == "POST" and form.is_valid():
        email = form.cleaned_data["email"]
        is_asked = may_ask(request, form, counted_under=f"{REMINDERS_ASKED} {email}")
        if is_asked:
            tell_holder_identifiers(email)
    return render(request, "activation/forgotten_identifier.html", {"form": form, "is_asked": is_asked})
