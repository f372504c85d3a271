"""Take away someone's second factor where no other data administrator is left who could."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from alignment_dash.access.models import User
from alignment_dash.access.second_factor import actions


class Command(BaseCommand):
    help = "Take away a person's second factor and sign them out; the next sign-in sets up a new one."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"{options['email']} has no account.")
        if not actions.remove_second_factor(user=user, by=None):
            raise CommandError(f"{user.email} has no second factor.")
        self.stdout.write(f"{user.email} has none now.")
