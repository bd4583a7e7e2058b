"""A site as many are: accounts of Django, tokens of SimpleJWT, pages on another origin."""

import os
from datetime import timedelta
from pathlib import Path


def seconds(name: str, default: int) -> timedelta:
    return timedelta(seconds=int(os.environ.get(name, default)))


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
    "corsheaders",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "project",
]
MIDDLEWARE = [
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.common.CommonMiddleware",
]

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

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework_simplejwt.authentication.JWTAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": seconds("ACCESS_TOKEN_LIFETIME_S", 300),
    "REFRESH_TOKEN_LIFETIME": seconds("REFRESH_TOKEN_LIFETIME_S", 24 * 3600),
    # A refresh token is good for one use.
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    # Access tokens are refused once the password was set anew.
    "CHECK_REVOKE_TOKEN": True,
    "TOKEN_OBTAIN_SERIALIZER": "project.views.SignIn",
}

# What pages on another origin need: to be let in, and to read what an answer says about time.
CORS_ALLOWED_ORIGINS = [os.environ["PAGE_ORIGIN"]]
CORS_ALLOW_CREDENTIALS = True
CORS_EXPOSE_HEADERS = ["Date", "Retry-After"]
