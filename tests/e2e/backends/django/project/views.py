"""What the site says of the person who is signed in."""

from datetime import datetime, timezone
from uuid import uuid4

from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.response import Response
from rest_framework_simplejwt.serializers import TokenObtainPairSerializer
from rest_framework_simplejwt.token_blacklist.models import OutstandingToken
from rest_framework_simplejwt.tokens import RefreshToken


class SignIn(TokenObtainPairSerializer):
    """Names the session in its tokens; every later token of it inherits the name."""

    @classmethod
    def get_token(cls, user):
        token = super().get_token(user)
        token["sid"] = str(uuid4())
        token["auth_time"] = token["iat"]
        # It was recorded before it had these claims.
        OutstandingToken.objects.filter(jti=token["jti"]).update(token=str(token))
        return token


def health(request):
    return HttpResponse("ok")


@api_view()
def me(request):
    user = request.user
    name = user.get_full_name() or user.get_username()
    return Response({"id": user.pk, "username": user.get_username(), "email": user.email, "name": name})


@api_view()
def sessions(request):
    """The refresh tokens of the person that are still good: one for each session."""
    good = OutstandingToken.objects.filter(
        user=request.user, blacklistedtoken=None, expires_at__gt=datetime.now(timezone.utc)
    )
    return Response({"sessions": [session(request, token) for token in good.order_by("-created_at")]})


def session(request, outstanding):
    token = RefreshToken(outstanding.token)
    return {
        "id": token["sid"],
        "device": "A browser",
        "address": request.META["REMOTE_ADDR"],
        "created_at": datetime.fromtimestamp(token["auth_time"], timezone.utc),
        "last_seen_at": outstanding.created_at,
        "current": token["sid"] == request.auth["sid"],
        "kept": False,
    }
