"""The paths of the site."""

from django.urls import include, path

from .views import health, sessions

urlpatterns = [
    path("healthz", health),
    path("_allauth/", include("allauth.headless.urls")),
    path("api/sessions", sessions),
]
