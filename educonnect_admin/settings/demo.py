"""`script/server`: everything on this machine, plain http on the loopback, invented people."""

import ipaddress

from educonnect_admin.env import env
from educonnect_admin.settings.base import *  # noqa: F403  # a settings file extends the base
from educonnect_admin.settings.base import INSTALLED_APPS

DEMO = True
INSTALLED_APPS = [*INSTALLED_APPS, "educonnect_admin.demonstration"]
DATA_DIR = env.path("DATA_DIR")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]

# The loopback stands for the school's proxy, so that the admin network (a documentation block, RFC 5737) can be
# shown by a header.
TRUSTED_PROXIES = (ipaddress.ip_network("127.0.0.0/8"), ipaddress.ip_network("::1/128"))
ADMIN_NETWORKS = (ipaddress.ip_network("192.0.2.0/24"),)

# A browser binds security keys to a name, never to an address of numbers: they work at http://localhost:PORT/.
WEBAUTHN_RP_ID = "localhost"
WEBAUTHN_ORIGINS = [env.str("BASE_URL", default="http://localhost").replace("127.0.0.1", WEBAUTHN_RP_ID)]

EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
EMAIL_FILE_PATH = DATA_DIR / "mails"
TEXT_SENDER = "educonnect_admin.demonstration.texts.to_page"
JOURNAL_SEALS = DATA_DIR / "seals"
# The letters of the demo lead to the demo.
if BASE_URL := env.str("BASE_URL", default=""):
    ACTIVATION_URL = f"{BASE_URL}/activation/"
BOARDING_DIRECTORY_URL = "https://internats.example/"

# Static files straight from their sources: nothing to collect.
STATIC_ROOT = None
WHITENOISE_USE_FINDERS = True
