"""What was posted when a proof was missing: kept on the server until the proof is there, and never sent by itself.

It lies in the session of who posted it, under an opaque id, for half an hour; the three latest. Whoever comes back
confirms it with a form of their own. Files, secrets and what is too long are not kept: the way back is then the page
that the form stood on.
"""

import re
import secrets
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from django.urls import Resolver404, resolve, reverse
from django.utils import timezone

from accounts.requests import ConsoleRequest

KEPT = "kept_forms"
AT_MOST = 3
LIFE = timedelta(minutes=30)
LONGEST = 60_000
"""Characters of names and values: 500 ids of accounts are half of it."""

TOKEN = "csrfmiddlewaretoken"  # noqa: S105  # a field's name
SECRET = re.compile(r"password|mot_de_passe|token|code|credential|secret", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class KeptForm:
    """A form of a school's page. `page`: where it stood. `fields`: names and values, as they were sent."""

    path: str
    page: str
    fields: list[tuple[str, str]]
    at: str


def keep_form(request: ConsoleRequest, *, page: str) -> str | None:
    """Keep what is posted to a school's page; the id of it, None for what is not kept."""
    match = request.resolver_match
    fields = [(name, value) for name in request.POST if name != TOKEN for value in request.POST.getlist(name)]
    is_keepable = (
        request.method == "POST"
        and match is not None
        and "uai" in match.kwargs
        and "POST" in match.func.rule.methods  # type: ignore[attr-defined]  # each view declares one (walls.py)
        and not request.FILES
        and not any(SECRET.search(name) for name, _ in fields)
        and sum(len(name) + len(value) for name, value in fields) <= LONGEST
    )
    if not is_keepable:
        return None
    path = request.get_full_path()
    others = {name: kept for name, kept in _all(request).items() if (kept.path, kept.fields) != (path, fields)}
    name = secrets.token_urlsafe(16)
    others[name] = KeptForm(path, page, fields, timezone.now().isoformat())
    _save(request, others)
    return name


def kept_form(request: ConsoleRequest, name: str) -> KeptForm | None:
    return _all(request).get(name)


def page_behind(request: ConsoleRequest, address: str) -> str:
    """Where one is who gives up: the page of the form, where the address only leads to confirming it."""
    try:
        match = resolve(address.partition("?")[0])
    except Resolver404:
        return address
    kept = kept_form(request, match.kwargs.get("name", "")) if match.url_name == "resume" else None
    if kept is not None:
        return kept.page
    return reverse("portal") if match.url_name == "resume" else address


def _all(request: ConsoleRequest) -> dict[str, KeptForm]:
    stored: dict[str, dict[str, Any]] = request.session.get(KEPT, {})
    oldest = timezone.now() - LIFE
    alive = {name: kept for name, kept in stored.items() if datetime.fromisoformat(kept["at"]) > oldest}
    return {
        name: KeptForm(**kept | {"fields": [(field, value) for field, value in kept["fields"]]})
        for name, kept in alive.items()
    }


def _save(request: ConsoleRequest, forms: dict[str, KeptForm]) -> None:
    request.session[KEPT] = {name: asdict(forms[name]) for name in list(forms)[-AT_MOST:]}
