"""All settings, in one file, from environment variables that start with SAFETY_.

SQLite and one process are the embedded default; PostgreSQL and Redis take over
when their addresses are set. Outside debug mode an unsafe value stops the start
and says which variable to mend (safety/checks.py).
"""

from __future__ import annotations

from pathlib import Path

from csp.constants import NONE, SELF

from safety.env import (
    database,
    env_bool,
    env_choice,
    env_dir,
    env_int,
    env_list,
    env_secret,
    env_str,
    is_set,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = env_dir("SAFETY_VAR_DIR", default=BASE_DIR / "var")

DEBUG = env_bool("SAFETY_DEBUG", default=False)
SECRET_KEY = env_secret("SAFETY_SECRET_KEY", generate_in=VAR_DIR / "secret_key")
SECRET_KEY_GENERATED = not (is_set("SAFETY_SECRET_KEY") or is_set("SAFETY_SECRET_KEY_FILE"))
ALLOWED_HOSTS = env_list("SAFETY_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env_list("SAFETY_TRUSTED_ORIGINS", default=[])
HTTPS = env_bool("SAFETY_HTTPS", default=False)
INSECURE_HTTP = env_bool("SAFETY_INSECURE_HTTP", default=False)
PROXIES = env_int("SAFETY_TRUSTED_PROXIES", default=0)

INSTALLED_APPS = [
    "daphne",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "channels",
    "guardian",
    "csp",
    "ninja",
    "safety.ledger",
    "safety.rules",
    "safety.people",
    "safety.units",
    "safety.posts",
    "safety.roster",
    "notifications",
    "notifications.handing",
    "notifications.records",
    "notifications.pledges",
    "notifications.chaintest",
    "notifications.coverage",
    "incidents.cases",
    "safety.demo",
    "safety.home",
    "safety.home.offices",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "safety.http.NoNul",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "safety.people.middleware.MustChangePassword",
    "safety.http.DomainErrors",
]

ROOT_URLCONF = "safety.urls"
ASGI_APPLICATION = "safety.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "safety.home.context.chrome",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

DATABASES = {"default": database("SAFETY_DATABASE_URL", default_sqlite=VAR_DIR / "db.sqlite3")}

# How many requests one process works on at once; the pool holds a connection for each.
THREADS = env_int("SAFETY_THREADS", default=8, least=1)

REDIS_URL = env_str("SAFETY_REDIS_URL", "")
REDIS_PREFIX = env_str("SAFETY_REDIS_PREFIX", "safety")
if REDIS_URL:
    # socket_timeout None: redis-py 8 gives up after 5 s of silence by default, and a quiet
    # night would then close every subscription (django/channels_redis#422).
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {
                "hosts": [{"address": REDIS_URL, "socket_timeout": None}],
                "prefix": REDIS_PREFIX,
            },
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "KEY_PREFIX": REDIS_PREFIX,
        }
    }
else:
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

# People and sign-in
AUTH_USER_MODEL = "people.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "safety.people.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_ON_GET = False
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES
ACCOUNT_RATE_LIMITS = {
    "bind_device": "20/m/ip",
    "report_by_device": "30/h/key",
    "login_failed": "10/m/ip,5/5m/key",  # the key: place and name
    "login_failed_anywhere": "100/h/key",  # the key: the name
}
SESSION_COOKIE_AGE = env_int("SAFETY_SESSION_HOURS", default=12) * 3600

# Language and time
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = HTTPS
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "safety" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "safety.storage.HashedModules"},
}
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o755  # static files, the only ones others may read
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024

# Browser security
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "safety.home.errors.csrf_failure"
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = False
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
# The proxy redirects to HTTPS; other names under the bureau's domain are not ours to decide on.
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W008", "security.W021"]
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# The bureau's own words and numbers
BUREAU_NAME = env_str("SAFETY_BUREAU_NAME", "")
DUTY_PHONES = env_list("SAFETY_DUTY_PHONES", default=[])
DUTY_SMS = env_str("SAFETY_DUTY_SMS", "")  # a mobile number of the duty room, if it has one
CLASSIFIED_NOTICE = env_str("SAFETY_CLASSIFIED_NOTICE", "")
TERMS = {"first_report": env_str("SAFETY_TERM_FIRST_REPORT", "首报")}

# What a workbook that somebody sends may be at most (safety/units/imports/guarding.py)
WORKBOOK_MB = env_int("SAFETY_WORKBOOK_MB", default=20)
WORKBOOK_UNPACKED_MB = env_int("SAFETY_WORKBOOK_UNPACKED_MB", default=300)
WORKBOOK_ROWS = env_int("SAFETY_WORKBOOK_ROWS", default=100_000)
WORKBOOK_MEMORY_MB = env_int("SAFETY_WORKBOOK_MEMORY_MB", default=512)

# The live part
LIVE_POLL_SECONDS = 1.0
LIVE_BEAT_SECONDS = 15.0
LIVE_OUTBOX_BYTES = 1024 * 1024
# How frames reach sockets: "direct" is the fastest, "asgi" uses no insides of the server.
LIVE_SEND = env_choice(
    "SAFETY_LIVE_SEND", default="direct", choices=("direct", "transport", "asgi")
)

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env_str("SAFETY_LOG_LEVEL", "INFO")},
    "loggers": {"django.channels.server": {"level": "WARNING"}},
}
