"""Behind a reverse proxy that ends TLS. Refuses to start with the demo's keys (and, in wsgi, with its data)."""

from django.core.exceptions import ImproperlyConfigured

from educonnect_admin.env import env
from educonnect_admin.settings.base import *  # noqa: F403  # a settings file extends the base
from educonnect_admin.settings.base import CONSOLE_KEYS, DATABASES, SECRET_KEY

if SECRET_KEY.startswith("demo-") or any(key.startswith(b"demo") for key in CONSOLE_KEYS.values()):
    raise ImproperlyConfigured("SECRET_KEY or CONSOLE_KEYS come from the demo: make keys of your own")

SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
SECURE_REDIRECT_EXEMPT = [r"^sante/(vie/|pret/)?$"]
SECURE_HSTS_SECONDS = 31_536_000
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
SESSION_COOKIE_NAME = "__Host-session"
HOLDER_COOKIE_NAME = "__Host-holder"
LANGUAGE_COOKIE_NAME = "__Host-langue"
CSRF_COOKIE_SECURE = True
CSRF_COOKIE_NAME = "__Host-csrf"

# A pool keeps connections; the school's scope lives inside a transaction only, so that none can leak through it.
DATABASES["default"]["CONN_MAX_AGE"] = 0
DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 2, "max_size": 8, "timeout": 5}

STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

EMAIL_HOST = env.str("EMAIL_HOST", default="localhost")
EMAIL_PORT = env.int("EMAIL_PORT", default=25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", default="")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", default="")
TEXT_SENDER = env.str("TEXT_SENDER", default="")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
