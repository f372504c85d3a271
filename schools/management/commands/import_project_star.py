"""Load Project STAR: real schools, teachers, pupils and scores without names."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions
from schools import project_star
from schools.rosters.loader import load_roster


class Command(BaseCommand):
    help = "Load the CSV of Project STAR (R's mlmRev, data frame star); see docs/imports.md."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("path", type=Path, help="the CSV file")

    def handle(self, *, path: Path, **options: Any) -> None:
        """Load the file in one transaction; a second time changes nothing."""
        try:
            with path.open(newline="", encoding="utf-8") as file:
                years = project_star.read_pupil_years(file)
        except (OSError, ValueError) as error:
            raise CommandError(f"{path}: {error}") from error
        with transaction.atomic(), all_rows(why="Project STAR brings pupils and their scores"):
            loaded = load_roster(project_star.bundle(years), source=project_star.SOURCE)
            if not loaded.roster.accepted:
                raise CommandError("; ".join(group.message for group in loaded.roster.findings.groups()))
            outcomes = project_star.write_outcomes(years)
            for school_year in loaded.school_years:
                actions.inputs_changed(
                    topic="roster", school_year=school_year, by=None, reason="Project STAR imported"
                )
        for name, count in loaded.counts.items():
            self.stdout.write(
                f"{name}: {count['rows']} rows, {count['created']} created, {count['updated']} updated"
            )
        self.stdout.write(f"outcomes: {outcomes} created or updated")
