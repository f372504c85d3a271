"""Make caseloads from the staff roster: each network's principals go to its principal supervisor."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from alignment_dash.schoolyear import today
from supervision.actions import caseloads_from_roster


class Command(BaseCommand):
    help = "Assign each school's principal to the principal supervisor at the org above it; safe to repeat."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--day", type=date.fromisoformat, default=None, help="YYYY-MM-DD, the first day; today by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = caseloads_from_roster(by=None, day=options["day"] or today())
        self.stdout.write(
            f"{done.assigned} schools assigned, {done.kept} had a supervisor, {done.left_out} left out"
        )
        for problem in [*done.problems, *(full.is_now() for full in done.above)]:
            self.stdout.write(f"- {problem}")
