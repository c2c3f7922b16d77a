"""The link of the mail by which the holder of an account says that an address is theirs."""

from django.http import HttpResponse
from django.shortcuts import render

from accounts.actions.account_changes import confirm_email, read_email_token
from accounts.actions.journal import Actor
from accounts.requests import ConsoleRequest
from accounts.walls import READING, public_view


@public_view(*READING, "POST")
def email_confirmation(request: ConsoleRequest, token: str) -> HttpResponse:
    """Asked, then done: what opens links of mails before their reader does confirms nothing. It names nobody."""
    if request.method == "POST":
        actor = Actor(address=str(request.client_address or ""), request_id=request.request_id)
        is_good = is_done = confirm_email(actor=actor, token=token)
    else:
        is_good, is_done = read_email_token(token) is not None, False
    context = {"is_good": is_good, "is_done": is_done}
    return render(request, "email_confirmation.html", context, status=200 if is_good else 404)
