"""A site as many are: accounts of django-allauth without pages, its JWT for the application, pages on another origin."""

import os
from pathlib import Path

SECRET_KEY = os.environ["SECRET_KEY"]
ALLOWED_HOSTS = ["127.0.0.1", "localhost"]
ROOT_URLCONF = "project.urls"
USE_TZ = True
TIME_ZONE = "UTC"
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"stderr": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["stderr"]},
}

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "corsheaders",
    "rest_framework",
    "allauth",
    "allauth.account",
    "allauth.headless",
    "allauth.usersessions",
    "project",
]
MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": Path(os.environ["DATA_DIR"]) / "db.sqlite3",
        # Two requests may write at once: the second waits for the first instead of failing.
        "OPTIONS": {"transaction_mode": "IMMEDIATE", "timeout": 20},
        # A refresh ends one token and records the next. Nobody sees the moment in which there is none.
        "ATOMIC_REQUESTS": True,
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People sign in by their address. It is not verified: who has still to do something for a sign-in is answered 401, as
# nobody is who is refused.
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"

HEADLESS_ONLY = True
HEADLESS_CLIENTS = ["app"]
HEADLESS_TOKEN_STRATEGY = "allauth.headless.tokens.strategies.jwt.JWTTokenStrategy"
# By the secret key, so that no key has to be made.
HEADLESS_JWT_ALGORITHM = "HS256"
HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = int(os.environ.get("ACCESS_TOKEN_LIFETIME_S", 300))

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "allauth.headless.contrib.rest_framework.authentication.JWTTokenAuthentication"
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}

# What pages on another origin need: to be let in, and to read what an answer says about time.
CORS_ALLOWED_ORIGINS = [os.environ["PAGE_ORIGIN"]]
CORS_EXPOSE_HEADERS = ["Date", "Retry-After"]
