"""Remove the oldest years of the audit, as the owner of the tables: the program itself cannot."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connections, transaction
from django.utils import timezone

from alignment_dash.access.models import AuditEvent

LEAST_YEARS = 3
OWNER = "owner"


class Command(BaseCommand):
    help = "Remove audit events older than so many years; that it was done stands in the audit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--keep-years", type=int, required=True, help=f"at least {LEAST_YEARS}")

    def handle(self, *args: Any, **options: Any) -> None:
        years = options["keep_years"]
        if years < LEAST_YEARS:
            raise CommandError(f"Keep at least {LEAST_YEARS} years: a decision may be contested that long.")
        before = timezone.localtime() - timedelta(days=366 * years)
        with transaction.atomic(using=OWNER):
            with connections[OWNER].cursor() as cursor:
                cursor.execute("DELETE FROM access_auditevent WHERE at < %s", [before])
                removed = cursor.rowcount
            AuditEvent.objects.using(OWNER).create(
                by_label="system",
                act="audit.prune",
                target_kind="access.auditevent",
                target_id=before.date().isoformat(),
                detail={"rows": removed},
            )
        self.stdout.write(f"Removed {removed} events from before {before:%Y-%m-%d}.")
