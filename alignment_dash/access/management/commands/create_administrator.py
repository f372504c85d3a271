"""Make the first sign-in of a new installation: a district data administrator."""

import getpass
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from alignment_dash.access import actions
from alignment_dash.access.models import User
from alignment_dash.access.roles import Role


def ask_password(user: User) -> str:
    """Return the password that is typed for a user. CommandError for one that is too weak."""
    password = getpass.getpass("Password: ")
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise CommandError(" ".join(error.messages)) from error
    return password


class Command(BaseCommand):
    help = "Create a user who may import rosters and manage jobs; asks for the password."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")
        parser.add_argument("--name", required=True)

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        if User.objects.filter(email=email).exists():
            raise CommandError(f"{email} has an account already. restore_administrator opens it again.")
        password = ask_password(User(email=email, name=options["name"]))
        user = actions.add_user(email=email, name=options["name"], password=password, by=None)
        actions.give_role(user=user, role=Role.DATA_ADMINISTRATOR, org_id=None, by=None)
        self.stdout.write(f"{email} is a district data administrator.")
