"""Let a data administrator in again after a lock-out: for whoever runs the server."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from alignment_dash.access import actions
from alignment_dash.access.accounts import actions as accounts
from alignment_dash.access.management.commands.create_administrator import ask_password
from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from alignment_dash.access.signin.actions import end_sessions
from alignment_dash.schoolyear import today


class Command(BaseCommand):
    help = (
        "Open an account again, make it a district data administrator if it is none, sign it out everywhere and ask"
        " for a new password."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].strip().lower()
        user = User.objects.people().filter(email=email).first()
        if user is None:
            raise CommandError(f"There is no account of {email}. create_administrator makes one.")
        _restore(user, ask_password(user))
        self.stdout.write(f"{email} is a district data administrator and may sign in.")


@transaction.atomic
def _restore(user: User, password: str) -> None:
    if not user.is_active or user.suspended_by_roster:
        accounts.reactivate(user=user, by=None)
        user.refresh_from_db()
    if not user.role_grants.on(today()).filter(role=Role.DATA_ADMINISTRATOR).exists():
        actions.give_role(user=user, role=Role.DATA_ADMINISTRATOR, org_id=None, by=None)
    user.set_password(password)
    user.save(update_fields=["password"])
    end_sessions(user=user, by=None, why="restored on the server")
