"""What the site says of the person who is signed in."""

from allauth.headless.tokens.strategies.jwt.internal import session_key_from_sid
from allauth.usersessions.models import UserSession
from django.http import HttpResponse
from rest_framework.decorators import api_view
from rest_framework.response import Response


def health(request):
    return HttpResponse("ok")


@api_view()
def sessions(request):
    # Each token calls its session by another name.
    current = session_key_from_sid(request.auth["sid"])
    found = UserSession.objects.purge_and_list(request.user)
    return Response({"sessions": [described(session, current) for session in found]})


def described(session, current):
    return {
        "id": str(session.pk),
        "device": "A browser",
        "address": session.ip,
        "created_at": session.created_at,
        "last_seen_at": session.last_seen_at,
        "current": session.session_key == current,
        "kept": False,
    }
