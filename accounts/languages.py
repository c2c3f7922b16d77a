"""The language of the activation site: the one chosen there, else the browser's, else French.

What the site says is marked for gettext, and `locale/` has it in six other languages. The console is in French.
"""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation

from accounts.requests import ConsoleRequest

SITE = "/activation/"
CHOICE = "langue"
"""The parameter by which a page's links name the language to come."""
KEPT_SECONDS = 365 * 24 * 3600


class LanguageMiddleware:
    """Answers pages of the site in the reader's language; of the rest nothing changes."""

    def __init__(self, get_response: Callable[[ConsoleRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: ConsoleRequest) -> HttpResponse:
        if not request.path.startswith(SITE):
            return self.get_response(request)
        asked = request.GET.get(CHOICE, "")
        is_choice = asked in dict(settings.LANGUAGES)
        language = asked if is_choice else translation.get_language_from_request(request)
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if is_choice:
            _keep(response, language)
        return response


def _keep(response: HttpResponse, language: str) -> None:
    """Lax: who comes by a mail's link reads on in the language chosen before."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=KEPT_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
