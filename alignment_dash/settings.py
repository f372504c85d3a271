"""All settings, read from the environment once. `.env.example` explains each variable."""

from datetime import timedelta
from pathlib import Path

from celery.schedules import crontab

from alignment_dash import env
from alignment_dash.access.signin import identities
from alignment_dash.notices.mailing import environment as mail

BASE_DIR = Path(__file__).resolve().parent.parent

DEBUG = env.flag("DEBUG", False)
SECRET_KEY = env.secret("SECRET_KEY")
ALLOWED_HOSTS = env.words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = env.words("CSRF_TRUSTED_ORIGINS")

INSTALLED_APPS = [
    "django.forms",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.mfa",
    "django_filters",
    "django_htmx",
    "template_partials.apps.SimpleAppConfig",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "alignment_dash.access",
    "alignment_dash.access.clients",
    "alignment_dash.access.persondata",
    "alignment_dash.access.signin",
    "alignment_dash.notices",
    "alignment_dash.runs",
    "alignment_dash.ui",
    "schools",
    "instruction",
    "staffing",
    "supervision",
]

MIDDLEWARE = [
    # Before whatever may answer by itself: files, redirects and errors carry the same headers as pages.
    "alignment_dash.headers.HeadersMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "alignment_dash.ui.body_limit.BodyLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "alignment_dash.access.signin.sessions.SessionLimits",
    "allauth.account.middleware.AccountMiddleware",
    "alignment_dash.access.acting.middleware.ActingMiddleware",
    "alignment_dash.access.middleware.ScopeMiddleware",
    "alignment_dash.access.trace.usage.PageUseMiddleware",
    "alignment_dash.access.middleware.ActorMiddleware",
    "alignment_dash.access.second_factor.middleware.SecondFactorMiddleware",
]

ROOT_URLCONF = "alignment_dash.urls"
WSGI_APPLICATION = "alignment_dash.wsgi.application"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django.templatetags.i18n",
                "django.templatetags.static",
                "django_htmx.templatetags.django_htmx",
                "template_partials.templatetags.partials",
                "alignment_dash.ui.templatetags.components",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "alignment_dash.ui.context.page",
            ],
        },
    }
]

# Web and worker sign in to the database as a role without BYPASSRLS; migrations run as the owner.
_CONNECTION = {"CONN_MAX_AGE": env.whole("DATABASE_CONN_MAX_AGE", 60), "CONN_HEALTH_CHECKS": True}
DATABASES = {
    "default": env.database("DATABASE_URL") | _CONNECTION,
    "owner": env.database("DATABASE_OWNER_URL", env.secret("DATABASE_URL")),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.secret("REDIS_URL")
CACHES = {"default": {"BACKEND": "alignment_dash.cache.Cache", "LOCATION": REDIS_URL}}
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"

CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE_FILENAME = str(BASE_DIR / "var" / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "page-use": {"task": "alignment_dash.access.tasks.fold_page_use", "schedule": timedelta(minutes=5)},
    "sweep-runs": {"task": "alignment_dash.runs.tasks.sweep", "schedule": timedelta(seconds=30)},
    "roster-feeds": {"task": "schools.feeds.schedule", "schedule": timedelta(minutes=5)},
    "mail": {"task": "alignment_dash.notices.tasks.send", "schedule": timedelta(minutes=1)},
    "weekly-mail": {
        "task": "alignment_dash.notices.tasks.weekly",
        # Each day: what was not put out on Monday, for beat was down, is put out as soon as it is up.
        "schedule": crontab(hour=6, minute=10),
    },
    "supervisors-calendars": {"task": "supervision.calendars.schedule", "schedule": crontab(minute=12)},
    "retention": {
        "task": "alignment_dash.access.persondata.tasks.remove_what_is_due",
        "schedule": crontab(hour=3, minute=40),
    },
    "nightly-runs": {
        "task": "alignment_dash.runs.tasks.nightly",
        # Before anyone opens the morning's page, after the districts' nightly drops.
        "schedule": crontab(hour=4, minute=30),
    },
}

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = ["alignment_dash.access.backends.SignInBackend"]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "ui:home"
LOGOUT_REDIRECT_URL = "login"
# The first hashes new passwords; a password hashed with the other is hashed anew when it is next given.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# A session ends with the browser, when nobody has been there for so long, and at the latest after so long.
SESSION_COOKIE_AGE = int(timedelta(hours=env.whole("SESSION_HOURS", 12)).total_seconds())
SESSION_IDLE_SECONDS = int(timedelta(minutes=env.whole("SESSION_IDLE_MINUTES", 120)).total_seconds())
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
PASSWORD_RESET_TIMEOUT = int(timedelta(hours=env.whole("PASSWORD_LINK_HOURS", 24)).total_seconds())
ACCOUNT_ADAPTER = "alignment_dash.access.signin.adapters.AccountAdapter"
ACCOUNT_FORMS = {"login": "alignment_dash.access.signin.forms.SignInForm"}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
# Whole schools share one address; what counts against an account or an address is what failed.
ACCOUNT_RATE_LIMITS = {
    "login": "300/m/ip",
    "login_failed": "30/m/ip,10/15m/key",
    "identity_begun": "300/m/ip",
    "identity_failed": "30/m/ip",
    "change_password": "5/m/user",
    "reauthenticate": "10/m/user",
}
SOCIALACCOUNT_ADAPTER = "alignment_dash.access.signin.adapters.IdentityAdapter"
SOCIALACCOUNT_PROVIDERS = {"openid_connect": {"APPS": identities.set_up()}}
SOCIALACCOUNT_REQUESTS_TIMEOUT = 10

# The second factor of those who sign in with a password, and the roles that must have one.
SECOND_FACTOR_ROLES = env.words("SECOND_FACTOR_ROLES", "data-administrator,cabinet,hr,ci-administrator")
SECOND_FACTOR_RATE = "5/5m/key,30/d/key"
MFA_ADAPTER = "alignment_dash.access.second_factor.adapter.SecondFactorAdapter"
MFA_FORMS = {
    "authenticate": "alignment_dash.access.second_factor.forms.SignInForm",
    "reauthenticate": "alignment_dash.access.second_factor.forms.ConfirmForm",
    "activate_totp": "alignment_dash.access.second_factor.forms.AppForm",
    "add_webauthn": "alignment_dash.access.second_factor.forms.AddPasskeyForm",
    "edit_webauthn": "alignment_dash.access.second_factor.forms.RenamePasskeyForm",
    "authenticate_webauthn": "alignment_dash.access.second_factor.forms.PasskeyForm",
    "reauthenticate_webauthn": "alignment_dash.access.second_factor.forms.ConfirmPasskeyForm",
    "login_webauthn": "alignment_dash.access.second_factor.forms.PasskeySignInForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RATE_LIMITS = {"webauthn_login": "300/m/ip"}
MFA_RECOVERY_CODE_COUNT = 10
MFA_RECOVERY_CODES_SHOW_ONCE = True
# One step of 30 seconds either side, for clocks that differ.
MFA_TOTP_TOLERANCE = 1
# Nobody signs themselves up, so nobody takes an address that is another's.
MFA_ALLOW_UNVERIFIED_EMAIL = True

LANGUAGE_CODE = "en-us"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [BASE_DIR / "alignment_dash" / "locale"]
TIME_ZONE = env.text("DISTRICT_TIME_ZONE", "America/Chicago")
USE_TZ = True
CELERY_TIMEZONE = TIME_ZONE
# A school year is named by its end year and starts on this day (month, day).
SCHOOL_YEAR_START = (7, 1)

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "alignment_dash.ui.staticfiles.NpmFinder",
]
NPM_ROOT = BASE_DIR / "node_modules"
NPM_STATIC_FILES = {
    "vendor/plotly.js": "plotly.js-basic-dist-min/plotly-basic.min.js",
    # Seals what a tablet keeps of an observation; at once, which the browser's own ciphers do not.
    "vendor/tweetnacl.js": "tweetnacl/nacl-fast.min.js",
}
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "alignment_dash.ui.staticfiles.BundledStorage"
    },
}

# Behind a proxy that ends TLS; the embedded demo serves plain HTTP on the loopback address only.
SECURE_TRANSPORT = env.flag("SECURE_TRANSPORT", True)
SECURE_SSL_REDIRECT = SECURE_TRANSPORT
SECURE_HSTS_SECONDS = int(timedelta(days=365).total_seconds()) if SECURE_TRANSPORT else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_TRANSPORT
SECURE_HSTS_PRELOAD = SECURE_TRANSPORT
SECURE_REDIRECT_EXEMPT = [r"^health$"]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_TRANSPORT
# Browsers take a cookie of such a name only from this host, over https and for all of it.
_HOST = "__Host-" if SECURE_TRANSPORT else ""
SESSION_COOKIE_NAME = f"{_HOST}sessionid"
CSRF_COOKIE_NAME = f"{_HOST}csrftoken"
# No script reads either. Lax: coming back from an identity provider is a visit from another site.
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
SECURE_REFERRER_POLICY = "same-origin"
if env.flag("TRUST_FORWARDED_PROTO", False):
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
# How many proxies stand before the web process and each add to X-Forwarded-For: limits count callers' addresses.
PROXY_COUNT = env.whole("PROXY_COUNT", 0)
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:", "blob:"],
        "connect-src": ["'self'"],
        "font-src": ["'self'"],
        "form-action": ["'self'"],
        "base-uri": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# Keys that seal secrets in the database (of providers, of authenticator apps), the newest first.
SEALING_KEYS = env.secret("SEALING_KEYS", "").replace(",", " ").split()

# Rosters that are fetched: whether a provider may be in a private network, and below which folder drops are
# watched for.
FEEDS_ALLOW_PRIVATE_HOSTS = env.flag("FEEDS_ALLOW_PRIVATE_HOSTS", False)
ROSTER_DROP_FOLDER = env.text("ROSTER_DROP_FOLDER", "")

# Mail of notices; without EMAIL_HOST they stay on the pages. Links in mail need to know where the pages are.
_MAIL = mail.set_up()
EMAIL_HOST, EMAIL_PORT, EMAIL_SECURITY = _MAIL["EMAIL_HOST"], _MAIL["EMAIL_PORT"], _MAIL["EMAIL_SECURITY"]
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = _MAIL["EMAIL_HOST_USER"], _MAIL["EMAIL_HOST_PASSWORD"]
DEFAULT_FROM_EMAIL, PUBLIC_URL = _MAIL["DEFAULT_FROM_EMAIL"], _MAIL["PUBLIC_URL"]
# Seconds for each answer of the mail server.
EMAIL_TIMEOUT = 10

# Shared observations lock by themselves after so many days.
OBSERVATION_LOCK_DAYS = env.whole("OBSERVATION_LOCK_DAYS", 14)

UPLOAD_MAX_BYTES = env.whole("UPLOAD_MAX_MB", 200) * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_NUMBER_FILES = 2

REST_FRAMEWORK = {
    "NUM_PROXIES": PROXY_COUNT,
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "alignment_dash.access.tokens.TokenAuthentication",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PARSER_CLASSES": [
        "alignment_dash.access.bodies.JSONParser",
        "rest_framework.parsers.FormParser",
        "rest_framework.parsers.MultiPartParser",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_PAGINATION_CLASS": "alignment_dash.access.api.Pages",
    "PAGE_SIZE": 50,
    "DEFAULT_THROTTLE_CLASSES": [
        "alignment_dash.access.throttles.CallerThrottle",
        "alignment_dash.access.throttles.CostlyThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": env.text("API_RATE", "600/min"), "costly": "60/min"},
    "EXCEPTION_HANDLER": "alignment_dash.access.api.exception_handler",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "alignment_dash",
    "DESCRIPTION": "Rosters and ratings in, instructional capacity out.",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.IsAuthenticated"],
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "alignment_dash.access.refusals.describe_refusals",
    ],
    "ENUM_NAME_OVERRIDES": {
        "RoleDecision": "schools.role_words.queries.DECISIONS",
        "RuleRole": "schools.role_words.queries.RULE_ROLES",
        "TargetKind": "instruction.aims.KINDS",
        "SupportKind": "instruction.models.school_plans.SupportKind",
        "SupportState": "instruction.models.school_plans.SupportState",
        "SupportAnswerState": "instruction.school_plans.serializers.ANSWERS",
        "PlanActionState": "instruction.models.school_plans.ActionState",
        "FrameworkKind": "instruction.models.framework.FrameworkKind",
        "FrameworkVersionState": "instruction.models.framework.VersionState",
        "ObservationKind": "instruction.completion.api.KINDS",
        "MeetingState": "instruction.models.meetings.MeetingState",
        "MeetingDecisionState": "instruction.models.meetings.DecisionState",
        "SchoolLevel": "schools.models.places.Level",
        "BalanceWeight": "supervision.balancing.settings.Weight",
        "BalanceBond": "supervision.balancing.settings.Bond",
        "VisitState": "supervision.models.visits.VisitState",
        "CommitmentState": "supervision.models.visits.CommitmentState",
        "CommitmentBy": "supervision.models.visits.CommitmentBy",
        "PurposeEnum": "instruction.models.evidence.Purpose",
        "TimePurpose": "supervision.models.timelog.TimePurpose",
        "TimeGoalKind": "supervision.models.timelog.GoalKind",
    },
}
KNOX_TOKEN_MODEL = "knox.AuthToken"  # noqa: S105 - a model's name
REST_KNOX = {"TOKEN_TTL": timedelta(days=90), "AUTH_HEADER_PREFIX": "Token"}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "alignment_dash.logs.Formatter",
            "format": "{asctime} {levelname} {name} {message}",
            "style": "{",
        }
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.text("LOG_LEVEL", "INFO")},
}
