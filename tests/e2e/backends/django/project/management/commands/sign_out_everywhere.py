"""Ends every session of a person, as an administrator does when a device is lost."""

import sys

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand
from rest_framework_simplejwt.token_blacklist.models import BlacklistedToken, OutstandingToken


class Command(BaseCommand):
    help = "Blacklists every refresh token of the person, and sets the password read from standard input, which ends every access token"

    def add_arguments(self, parser):
        parser.add_argument("username")

    def handle(self, *args, username, **options):
        user = get_user_model().objects.get_by_natural_key(username)
        for token in OutstandingToken.objects.filter(user=user, blacklistedtoken=None):
            BlacklistedToken.objects.get_or_create(token=token)
        # Even the password it had is kept under another salt, and so are the tokens another's.
        user.set_password(sys.stdin.readline().rstrip("\n"))
        user.save()
