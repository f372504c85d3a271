"""Make positions from the staff roster, for a district that keeps no list of positions here."""

from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from alignment_dash.schoolyear import today
from staffing.actions import positions_from_assignments


class Command(BaseCommand):
    help = "Make a position for each assignment a school's roster has on a day; safe to repeat after every import."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--day", type=date.fromisoformat, default=None, help="YYYY-MM-DD; today by default"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        done = positions_from_assignments(by=None, day=options["day"] or today())
        self.stdout.write(
            f"{done.positions} positions made, {done.filled} vacancies filled, "
            f"{done.moved} moved to the roster's dates"
        )
