"""Ends every session of a person, as an administrator does when a device is lost."""

from allauth.usersessions.models import UserSession
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    help = "Ends every session of the person, and with it every refresh token"

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username, **options):
        user = get_user_model().objects.get_by_natural_key(username)
        for session in UserSession.objects.purge_and_list(user):
            session.end()
