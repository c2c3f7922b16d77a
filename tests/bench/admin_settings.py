"""The settings of the admin's baseline: the console's, with Django's admin beside, as a role that sees every row."""

from educonnect_admin.env import database, env
from educonnect_admin.settings.test import *  # noqa: F403  # a settings file extends another
from educonnect_admin.settings.test import INSTALLED_APPS

INSTALLED_APPS = [*INSTALLED_APPS, "django.contrib.admin"]
MIDDLEWARE = [
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
]
ROOT_URLCONF = "tests.bench.admin"
DATABASES = {"default": database("SUPERUSER_DATABASE_URL") | {"NAME": env.str("BENCH_DATABASE"), "CONN_MAX_AGE": 600}}
CONTENT_SECURITY_POLICY = None
