"""The roof: every address of the console."""

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from educonnect_admin.celery import app as celery_app
from educonnect_admin.demonstration.page import demonstration

__all__ = ["celery_app", "urlpatterns"]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("notifications.urls")),
    path("", include("stats.urls")),
]
if settings.DEMO:
    urlpatterns.append(path("demonstration/", demonstration, name="demonstration"))

handler400 = "accounts.views.errors.bad_request"
handler403 = "accounts.views.errors.permission_denied"
handler404 = "accounts.views.errors.not_found"
handler500 = "accounts.views.errors.server_error"
