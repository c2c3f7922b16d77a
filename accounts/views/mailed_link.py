"""The link of a mail in place of a letter: it opens the activation where identifiant and password would have."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache

from accounts.actions.mailed_links import LINK_HOURS, is_open_link, use_link
from accounts.holders import Holding
from accounts.requests import ConsoleRequest
from accounts.views.activation import actor_of
from accounts.walls import READING, public_view


@never_cache
@public_view(*READING, "POST")
def mailed_link(request: ConsoleRequest, token: str) -> HttpResponse:
    """Asked, then done: what opens links of mails before their reader does uses none. It names nobody."""
    now = timezone.now()
    if request.method == "POST":
        opened = use_link(actor=actor_of(request), token=token, now=now)
        if opened is not None:
            response = redirect("activation_password")
            Holding.just(opened).begin(request, response)
            return response
    is_good = request.method != "POST" and is_open_link(token, now)
    context = {"is_good": is_good, "hours": LINK_HOURS}
    return render(request, "activation/mailed_link.html", context, status=200 if is_good else 404)
