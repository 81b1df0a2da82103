"""Django's settings. What differs from one installation to the next comes from the environment."""

import os
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import structlog

from usance import engine
from usance.shared import address, depot

HOME = Path(os.environ.get("USANCE_HOME", "var")).resolve()
BOOK_SCHEMA = "book_main"


def _app_url() -> str:
    """Given, or else as of the last start in this home: start the engine before Django."""
    given = os.environ.get("USANCE_APP_URL")
    if given:
        return given
    cluster = engine.known(HOME)
    return cluster.app_url if cluster else f"postgresql:///{engine.DATABASE}"


ENVIRONMENT = os.environ.get("USANCE_ENVIRONMENT", "live")  # Or test, or demo: see the ribbon.
DATABASES = {
    "default": address.database(
        _app_url(), search_path=f"{BOOK_SCHEMA},public", hasty=ENVIRONMENT == "demo"
    )
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY = os.environ.get("USANCE_SECRET_KEY", "")
# Who carries what to whom, with their secrets: queries.outside reads it.
INBOX = os.environ.get("USANCE_INBOX", str(HOME / "inbox"))  # A folder for each client.
OUTSIDE = os.environ.get("USANCE_OUTSIDE", str(HOME / "secrets" / "outside.json"))
# The key by which papers are sealed: of several machines of one home each has the same.
SEAL = os.environ.get("USANCE_SEAL", str(HOME / "secrets" / "seal.pem"))

# Where people reach the office. With https, cookies are bound to the host and never sent in clear.
URL = os.environ.get("USANCE_URL", "http://localhost:8000")
TLS = URL.startswith("https://")
ALLOWED_HOSTS = [urlsplit(URL).hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
DEBUG = False
ROOT_URLCONF = "usance.urls"
WSGI_APPLICATION = "usance.wsgi.application"

INSTALLED_APPS = [
    "usance",  # First, so that its templates stand before those of others.
    "usance.shared",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "procrastinate.contrib.django",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
    "django_htmx",
    "django_structlog",
]
MIDDLEWARE = [
    "django_structlog.middlewares.RequestMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "usance.web.headers.middleware",
    "usance.web.faults.Busy",
    "csp.middleware.CSPMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "usance.web.sessions.middleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "usance.web.doors.middleware",
    "usance.web.preferences.middleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "usance.web.templatetags.usance",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "usance.web.shell.around",
            ],
        },
    }
]

AUTH_USER_MODEL = "shared.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},  # Length instead of rules on characters: NIST SP 800-63B-4.
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "usance.web.accounts.Adapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]  # allauth checks it; unused.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True  # Nobody is asked: the session's own end decides.
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300  # Seconds for which a step-up holds.
ACCOUNT_CHANGE_PASSWORD_REDIRECT_URL = "mfa_index"  # noqa: S105 - an address
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "usance"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not TLS  # A browser allows it on localhost only.
AXES_FAILURE_LIMIT = 5  # As many as allauth, whose count is per process and also holds for codes.
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "usance.web.accounts.attempted_name"
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_RESET_ON_SUCCESS = True
AXES_VERBOSE = False

API_PER_MINUTE = int(os.environ.get("USANCE_API_PER_MINUTE", "1200"))  # Requests of one key.
API_LARGEST_BYTES = 200 * 1024 * 1024  # Of one request with files.

SESSION_IDLE = 45 * 60  # Seconds without a click.
SESSION_LONGEST = 12 * 3600  # Seconds from the sign-in: a long working day.
SESSION_COOKIE_AGE = SESSION_LONGEST
SESSION_COOKIE_NAME = "__Host-session" if TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if TLS else "csrf"
LANGUAGE_COOKIE_NAME = "language"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = LANGUAGE_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "usance.web.faults.expired"
CSRF_TRUSTED_ORIGINS = [URL]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],  # data: for the QR code of an authenticator.
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "report-uri": ["/csp"],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if TLS else 0
SECURE_SSL_REDIRECT = TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TLS else None
X_FRAME_OPTIONS = "DENY"

DATA_UPLOAD_MAX_NUMBER_FILES = None  # The page of the drop zone says its own limit.
STATIC_URL = "/static/"
STORAGES = {
    "documents": depot.backend(os.environ.get("USANCE_DOCUMENTS", ""), HOME / "documents"),
    "staticfiles": {"BACKEND": "usance.web.assets.VersionedStorage"},
}
WHITENOISE_USE_FINDERS = True  # Assets are committed; nothing is collected at install.
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"/inter-[a-z-]+\.woff2$"  # Fonts do not change under their name.

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch"), ("sv", "Svenska")]
TIME_ZONE = os.environ.get("USANCE_TIME_ZONE", "Europe/Stockholm")
USE_TZ = True

# Without local variables: a password or a bank account could be one of them.
_TRACEBACK = structlog.processors.ExceptionRenderer(
    structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
)
_BEFORE_WRITING = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
    structlog.stdlib.PositionalArgumentsFormatter(),
    structlog.processors.StackInfoRenderer(),
]
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                _TRACEBACK,
                structlog.processors.JSONRenderer(),
            ],
            "foreign_pre_chain": _BEFORE_WRITING,
        },
        "console": {
            "()": structlog.stdlib.ProcessorFormatter,
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.dev.ConsoleRenderer(
                    colors=False, exception_formatter=structlog.dev.plain_traceback
                ),
            ],
            "foreign_pre_chain": _BEFORE_WRITING,
        },
    },
    "handlers": {
        "stderr": {
            "class": "logging.StreamHandler",
            "formatter": os.environ.get("USANCE_LOG_FORMAT", "json"),
        }
    },
    "root": {"handlers": ["stderr"], "level": os.environ.get("USANCE_LOG_LEVEL", "WARNING")},
}
structlog.configure(
    processors=[*_BEFORE_WRITING, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
    logger_factory=structlog.stdlib.LoggerFactory(),
    cache_logger_on_first_use=True,
)
