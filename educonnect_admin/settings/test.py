"""`script/test`: the demo's settings on databases of the tests' own."""

from educonnect_admin.env import env
from educonnect_admin.settings.demo import *  # noqa: F403  # a settings file extends the base

SUPERUSER_DATABASE_URL = env.str("SUPERUSER_DATABASE_URL")
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
LOGGING = {"level": "WARNING"}
