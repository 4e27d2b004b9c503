"""Django's settings; every value that differs by place comes from the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from datlanh.config import environment as env
from datlanh.config import geolibs
from datlanh.config.databases import databases

geolibs.use_wheel_data()
GDAL_LIBRARY_PATH = geolibs.wheel_library("pyogrio", "libgdal")
GEOS_LIBRARY_PATH = geolibs.wheel_library("shapely", "libgeos_c")

ROOT = env.ROOT
PACKAGE = Path(__file__).resolve().parents[1]
VAR = Path(env.text("DATLANH_VAR", str(ROOT / "var"))).resolve()

DEBUG = env.flag("DATLANH_DEBUG")
DEMO = env.flag("DATLANH_DEMO")  # offers the demo accounts on the sign-in page
SECRET_KEY = env.text("DATLANH_SECRET_KEY", "") or env.kept_secret(VAR / "secrets" / "secret_key")
ALLOWED_HOSTS = env.words("DATLANH_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("DATLANH_ORIGINS")

INSTALLED_APPS = [
    "datlanh.config",  # its commands: backup, restore
    "datlanh.audit",
    "datlanh.places",
    "datlanh.organisations",
    "datlanh.accounts",
    "datlanh.register",
    "datlanh.ordnance",
    "datlanh.hazards",
    "datlanh.people",
    "datlanh.education",
    "datlanh.intake",
    "datlanh.exchange",
    "datlanh.reporting",
    "datlanh.notices",
    "datlanh.delivery",
    "datlanh.web",
    "datlanh.api",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.gis",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "datlanh.delivery.security.ContentSecurity",
    "datlanh.delivery.middleware.CalmErrors",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "datlanh.delivery.middleware.SignedIn",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "datlanh.delivery.browsers.OwnQueue",
    "datlanh.delivery.middleware.SecondStep",
    "datlanh.delivery.middleware.ActingUser",
]

ROOT_URLCONF = "datlanh.config.urls"
WSGI_APPLICATION = "datlanh.config.wsgi.application"
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "datlanh.delivery.context.page",
            ],
            "builtins": ["datlanh.delivery.templatetags.datlanh"],
        },
    }
]

DATABASES = databases(
    VAR,
    pool_size=env.number("DATLANH_DB_POOL", 8),
    statement_timeout_ms=env.number("DATLANH_STATEMENT_TIMEOUT_MS", 30_000),
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "datlanh.accounts.sessions.AccountBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None  # accounts have no address: an administrator helps
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_ADAPTER = "datlanh.accounts.adapter.NoSignUp"
# Failed sign-ins: per account, and per address. A browser known from before has a budget of its
# own (accounts.adapter), so neither closes the door to a whole office.
ACCOUNT_RATE_LIMITS = {"login": "120/m/ip", "login_failed": "10/5m/key,60/5m/ip"}
# So many proxies of ours stand before the server: whose X-Forwarded-For is believed.
ALLAUTH_TRUSTED_PROXY_COUNT = env.number("DATLANH_PROXIES", 1 if env.flag("DATLANH_HTTPS") else 0)
MFA_ADAPTER = "datlanh.accounts.secondstep.SealedSecrets"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes", "webauthn"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Đất Lành"
MFA_TOTP_TOLERANCE = 1  # phones' clocks are off by some seconds
# Who approves or administers must have a second step, so many days after the role was given.
SECOND_STEP_REQUIRED = env.flag("DATLANH_SECOND_STEP", not DEMO)
SECOND_STEP_GRACE_DAYS = env.number("DATLANH_SECOND_STEP_GRACE_DAYS", 0)
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "/"
CACHES = {
    # Shared by all processes: the budgets of failed sign-ins (ADR 37).
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "accounts_attempt",
        "OPTIONS": {"MAX_ENTRIES": 20_000},
    },
    # Tiles made last, in each process: 1,000 are some 20 MB, of which none is larger than 0.5 MB.
    "maps": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "maps",
        "TIMEOUT": 60 * 60,
        "OPTIONS": {"MAX_ENTRIES": 300},
    },
}
SESSION_ENGINE = "datlanh.accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = env.flag("DATLANH_HTTPS")
if env.flag("DATLANH_HTTPS"):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 60 * 60 * 24 * 180

LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", _("Vietnamese")), ("en", _("English"))]
TIME_ZONE = "Asia/Ho_Chi_Minh"
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MANIFEST_STRICT = False

# Attachments, content-addressed (intake.files).
FILES_ROOT = Path(env.text("DATLANH_FILES", str(VAR / "files")))
EXPORTS_ROOT = VAR / "exports"  # made anew at will: in no backup
# The key that wraps every person's key; never in the database (register.persons).
PERSON_MASTER_KEY = env.text("DATLANH_PERSON_KEY", "") or env.kept_secret(
    VAR / "secrets" / "person_key"
)
# Signs the heads of the audit trail, which leave the database for a folder (audit.heads).
AUDIT_KEY = env.text("DATLANH_AUDIT_KEY", "") or env.kept_secret(VAR / "secrets" / "audit_key")
AUDIT_HEADS = Path(env.text("DATLANH_AUDIT_HEADS", str(VAR / "heads"))).resolve()
BACKUPS = Path(env.text("DATLANH_BACKUPS", str(VAR / "backups"))).resolve()
# A centre's own symbols of printed maps, over those of reporting.documents.
SYMBOLOGY = env.text("DATLANH_SYMBOLOGY", "")
FORMS_ROOT = Path(env.text("DATLANH_FORMS", str(ROOT / "forms")))

SUBMISSION_MAX_BYTES = env.number("DATLANH_SUBMISSION_MAX_MB", 100) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
DATA_UPLOAD_MAX_NUMBER_FILES = 300  # ODK Collect puts up to 101 files into one part

# Jobs stand in each package's jobs.py.
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
# Check a report while it is received instead of in a job; for tests and trials.
CHECK_INLINE = env.flag("DATLANH_CHECK_INLINE")
# Notices by e-mail (notices.outbox). Without a host there are none.
EMAIL_HOST = env.text("DATLANH_MAIL_HOST", "")
EMAIL_PORT = env.number("DATLANH_MAIL_PORT", 587)
EMAIL_HOST_USER = env.text("DATLANH_MAIL_USER", "")
EMAIL_HOST_PASSWORD = env.text("DATLANH_MAIL_PASSWORD", "")
EMAIL_USE_TLS = env.flag("DATLANH_MAIL_STARTTLS", EMAIL_PORT == 587)
EMAIL_USE_SSL = env.flag("DATLANH_MAIL_TLS", EMAIL_PORT == 465)
EMAIL_TIMEOUT = 20
EMAIL_FROM = env.text("DATLANH_MAIL_FROM", "Đất Lành <datlanh@localhost>")
SITE_URL = env.text("DATLANH_URL", "http://localhost:8000").rstrip("/")  # as e-mails name it

# So many days before the 10th information officers are reminded of monthly reports.
REMIND_DAYS_BEFORE = env.number("DATLANH_REMIND_DAYS_BEFORE", 3)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
