"""Make a token for machine access to the API; it is shown once and stored only as a digest."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from knox.models import AuthToken

from alignment_dash.access import audit
from alignment_dash.access.models import User


class Command(BaseCommand):
    help = "Create an API token that may do what its user may, and print it once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email", help="whose token it is")
        parser.add_argument("--days", type=int, default=90, help="after how many days it expires (1 to 365)")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        user = User.objects.able().filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"No active user signs in as {options['email']}.")
        if not 1 <= options["days"] <= 365:
            raise CommandError("--days is from 1 to 365.")
        row, token = AuthToken.objects.create(user=user, expiry=timedelta(days=options["days"]))
        audit.record(act="token.create", target=user, by=None, detail={"expires": row.expiry.isoformat()})
        self.stdout.write(token)
