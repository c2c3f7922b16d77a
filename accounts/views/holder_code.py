"""The code of a text message, for a guardian who forgot the password: it leads where a mail's link would."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from accounts.actions.holder_codes import link_for_code
from accounts.actions.sign_in import begin_try, end_tries
from accounts.forms.activation import TextCodeForm
from accounts.forms.session import add_error
from accounts.requests import ConsoleRequest
from accounts.views.activation import client_address, too_many_tries
from accounts.walls import public_view

CODES = "holder codes"
"""Before the identifiant, where tries of codes are counted: apart from the tries to sign in."""


def code_page(request: ConsoleRequest, form: TextCodeForm) -> HttpResponse:
    """Where the code is typed. It is the same whether a message has gone or not."""
    return render(request, "activation/text_code.html", {"form": form})


@never_cache
@public_view("POST")
def holder_code(request: ConsoleRequest) -> HttpResponse:
    """A try of a code: counted, then weighed. All refusals are alike."""
    form = TextCodeForm(request.POST)
    if not form.is_valid():
        return code_page(request, form)
    username, address = f"{CODES} {form.cleaned_data['username']}", client_address(request)
    wait = begin_try(username=username, address=address)
    if wait:
        add_error(form, None, too_many_tries(wait))
        return code_page(request, form)
    typed = {name: form.cleaned_data[name] for name in ("username", "code")}
    token = link_for_code(**typed, now=timezone.now())
    if token is None:
        add_error(form, "code", _("Ce code est faux ou ne vaut plus. Vérifiez-le, ou demandez-en un autre."))
        return code_page(request, form)
    end_tries(username=username, address=address)
    return redirect("holder_new_password", token=token)
