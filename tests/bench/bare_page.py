"""The load's baseline: a Django with a session in PostgreSQL and a page of 25 rows from a template. Nothing of ours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path

from educonnect_admin.env import database

SECRET_KEY = "bare" * 10
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = ["django.contrib.sessions"]
MIDDLEWARE = ["django.contrib.sessions.middleware.SessionMiddleware"]
PAGE = """<!doctype html><title>Bare</title><h1>{{ name }}</h1><table>{% for row in rows %}
<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}</table>"""
LOADERS = [("django.template.loaders.locmem.Loader", {"bare.html": PAGE})]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "OPTIONS": {"loaders": [("django.template.loaders.cached.Loader", LOADERS)]},
    }
]
DATABASES = {"default": database("DATABASE_URL") | {"CONN_MAX_AGE": 60}}
ROOT_URLCONF = __name__
ROWS = [[f"row {row}, cell {cell}" for cell in range(8)] for row in range(25)]


def page(request: HttpRequest) -> HttpResponse:
    return render(request, "bare.html", {"name": request.session.get("name", ""), "rows": ROWS})


urlpatterns = [path("bare/", page)]
