"""Forget which subjects at identity providers open accounts; the next sign-in by e-mail links them anew."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alignment_dash.access.models import User
from alignment_dash.access.signin.actions import unlink


class Command(BaseCommand):
    help = "Forget which subjects at identity providers open an account, or all accounts, and sign them out."

    def add_arguments(self, parser: ArgumentParser) -> None:
        whose = parser.add_mutually_exclusive_group(required=True)
        whose.add_argument("email", nargs="?")
        whose.add_argument("--all", action="store_true")

    def handle(self, *args: Any, **options: Any) -> None:
        users = User.objects.filter(socialaccount__isnull=False).distinct()
        if not options["all"]:
            users = users.filter(email=options["email"].strip().lower())
            if not users:
                raise CommandError(f"No identity provider opens an account of {options['email']}.")
        links = sum(unlink(user=user, by=None) for user in users)
        self.stdout.write(f"{links} links were forgotten.")
