"""What production, demo and tests share."""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy

from educonnect_admin.env import database, env, key_ring, listening, networks

ROOT = Path(__file__).resolve().parents[2]
VERSION = "0.1.0"

SECRET_KEY = env.str("SECRET_KEY")
CONSOLE_KEYS = key_ring("CONSOLE_KEYS")
DEBUG = False
DEMO = False
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_otp",
    "django_htmx",
    "csp",
    "educonnect_admin.toolkit",
    "accounts",
    "notifications",
    "stats",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "educonnect_admin.toolkit.logs.RequestIdMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "accounts.languages.LanguageMiddleware",
    "accounts.middleware.WallsMiddleware",
]

ROOT_URLCONF = "educonnect_admin.urls"
WSGI_APPLICATION = "educonnect_admin.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "accounts.views.context.console",
            ],
        },
    },
]

# Two roles on one database. The application's role owns nothing and is under row-level security; the owner's is
# for migrations only, and its address is not given to the processes that serve people.
DATABASES = {"default": database("DATABASE_URL")}
DATABASES["default"]["CONN_MAX_AGE"] = 60
if env.str("OWNER_DATABASE_URL", default=""):
    DATABASES["owner"] = database("OWNER_DATABASE_URL")
    # Behind a migration that waits for a lock, everybody waits.
    DATABASES["owner"]["OPTIONS"].setdefault("options", "-c lock_timeout=5s")
DATABASE_ROUTERS = ["educonnect_admin.toolkit.database.MigrationsByOwner"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.Staff"
LOGIN_URL = reverse_lazy("sign_in")
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "educonnect_admin.toolkit.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "educonnect_admin.toolkit.passwords.GuessableValidator"},
]
INVITATION_LIFE = timedelta(hours=72)
PASSWORD_RESET_TIMEOUT = int(INVITATION_LIFE.total_seconds())

# Idle and absolute limits of a session (ASVS 7.1.1, 7.3.1-2).
SESSION_ENGINE = "accounts.models.session"
SESSION_COOKIE_AGE = 15 * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_ABSOLUTE_AGE = timedelta(hours=8)
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "accounts.views.errors.csrf_failure"
PROOF_LIFE = timedelta(minutes=10)
HOLDER_COOKIE_NAME = "holder"

# Security keys (WebAuthn): the addresses people type, and the name that keys are bound to. Without them there are none.
WEBAUTHN_ORIGINS: list[str] = env.list("WEBAUTHN_ORIGINS", default=CSRF_TRUSTED_ORIGINS)
WEBAUTHN_RP_ID: str = env.str(
    "WEBAUTHN_RP_ID", default=(urlsplit(WEBAUTHN_ORIGINS[0]).hostname or "") if WEBAUTHN_ORIGINS else ""
)

# The console is in French; its activation site is in those of the letters too (accounts/languages.py).
LANGUAGE_CODE = "fr"
LANGUAGES = [
    ("fr", "français"),
    ("en", "anglais"),
    ("ar", "arabe"),
    ("es", "espagnol"),
    ("pt", "portugais"),
    ("tr", "turc"),
    ("uk", "ukrainien"),
]
LOCALE_PATHS = [ROOT / "locale"]
LANGUAGE_COOKIE_NAME = "langue"
TIME_ZONE = "Europe/Paris"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT: Path | None = env.path("STATIC_ROOT", default=ROOT / "static-root")
STATICFILES_DIRS = [ROOT / "static"]
THEME = env.str("THEME", default="default")

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 1_000_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500

# Where a request comes from: the peer, or what a listed proxy says of it (toolkit/network.py).
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
ADMIN_NETWORKS = networks("ADMIN_NETWORKS")

# What the school hands out.
ACTIVATION_URL = env.str("ACTIVATION_URL", default="https://educonnect.example/activation/")
# The accounts at work elsewhere (ENT, vie scolaire): the provider's own address, ending in /oidc, and its RSA keys in
# PEM, the one that signs first (manage.py oidc_key makes one). Without both there is no provider.
OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_KEYS = env.str("OIDC_KEYS", default="")

# FranceConnect, for guardians: the issuer's address as its discovery says it, and what it knows this site by; the
# secret best from a file (FRANCE_CONNECT_CLIENT_SECRET_FILE). Without all three there is none.
FRANCE_CONNECT_ISSUER = env.str("FRANCE_CONNECT_ISSUER", default="").rstrip("/")
FRANCE_CONNECT_CLIENT_ID = env.str("FRANCE_CONNECT_CLIENT_ID", default="")
FRANCE_CONNECT_CLIENT_SECRET = env.str("FRANCE_CONNECT_CLIENT_SECRET", default="")

BOARDING_DIRECTORY_URL = env.str("BOARDING_DIRECTORY_URL", default="")
PROVISIONAL_DAYS = 90
PAYLOAD_LIFE = timedelta(hours=env.int("PAYLOAD_HOURS", default=24))
RUN_STUCK_SECONDS = env.int("RUN_STUCK_SECONDS", default=15)

# What one person may do in one school within an hour (product.md): a stolen session takes no more than this.
HOURLY_CAPS = {
    "persons": env.int("CAP_PERSONS", default=60),
    "accounts": env.int("CAP_ACCOUNTS", default=3000),
    "exports": env.int("CAP_EXPORTS", default=5),
    "reveals": env.int("CAP_REVEALS", default=150),
    "searches": env.int("CAP_SEARCHES", default=300),
}
HOURLY_CAPS_SIMPLIFIED = {**HOURLY_CAPS, "accounts": env.int("CAP_ACCOUNTS_SIMPLIFIED", default=120)}

# Where the journal's heads are sealed each hour: outside the base, best on another machine's disk.
JOURNAL_SEALS = env.path("JOURNAL_SEALS", default=ROOT / ".run" / "seals")

# Feeds (product.md, formats.md 1.8): from what share of a school's pupils leaving the guard asks, how much a page
# takes, the folder that is looked at for deliveries ("": none), and how long one must lie still there.
FEED_LEAVING_PERCENT = env.int("FEED_LEAVING_PERCENT", default=10)
FEED_UPLOAD_BYTES = env.int("FEED_UPLOAD_BYTES", default=30_000_000)
FEED_FOLDER = env.str("FEED_FOLDER", default="")
FEED_FOLDER_SECONDS = env.int("FEED_FOLDER_SECONDS", default=120)

CELERY_BROKER_URL = env.str("BROKER_URL")
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_connect_timeout": 1, "socket_timeout": 5, "max_retries": 1}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 15 * 60
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "note-beat": {"task": "accounts.tasks.note_beat", "schedule": 15.0},
    "sweep-runs": {"task": "notifications.tasks.sweep_runs", "schedule": 10.0},
    "sweep-feeds": {"task": "accounts.tasks.sweep_feeds", "schedule": 30.0},
    "watch-feed-folder": {"task": "accounts.tasks.watch_feed_folder", "schedule": 60.0},
    "read-mail-reports": {"task": "accounts.tasks.read_mail_reports", "schedule": 300.0},
    "send-mails": {"task": "accounts.tasks.send_mails", "schedule": 30.0},
    "seal-journal": {"task": "accounts.tasks.seal_journal", "schedule": 3600.0},
    "watch-journal": {"task": "accounts.tasks.watch_journal", "schedule": crontab(hour="2", minute="30")},
    "close-accounts": {"task": "accounts.tasks.close_accounts", "schedule": crontab(hour="3", minute="10")},
    "forget": {"task": "accounts.tasks.forget", "schedule": 3600.0},
    "destroy-payloads": {"task": "notifications.tasks.destroy_expired_payloads", "schedule": 300.0},
    "keep-daily-figures": {"task": "stats.tasks.keep_daily_figures", "schedule": 900.0},
}
WORKER_READY_FILE = env.str("WORKER_READY_FILE", default="")

EMAIL_TIMEOUT = 10
MAIL_REPORTS = env.str("MAIL_REPORTS", default="")
"""A folder of messages, or imaps://user:password@host/INBOX: what servers report of mails that did not arrive."""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="ne-pas-repondre@educonnect.example")

TEXT_SENDER = "educonnect_admin.toolkit.texts.to_console"
"""The function that sends text messages (toolkit/texts.py); "" where there are none."""

# Where figures are read (toolkit/metrics.py): nowhere, unless told. The folder is the library's own variable.
METRICS_LISTEN = listening("METRICS_LISTEN")
if METRICS_LISTEN and not env.str("PROMETHEUS_MULTIPROC_DIR", default=""):
    raise ImproperlyConfigured("METRICS_LISTEN wants PROMETHEUS_MULTIPROC_DIR, an empty folder")

LOGGING_CONFIG = "educonnect_admin.toolkit.logs.configure"
LOGGING = {"level": env.str("LOG_LEVEL", default="INFO")}
SILENCED_SYSTEM_CHECKS: list[str] = []
