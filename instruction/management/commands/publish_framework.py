"""Publish the district's own framework from a YAML file, with targets."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from alignment_dash import schoolyear
from instruction import actions
from instruction.frameworks.definition import read


class Command(BaseCommand):
    help = "Publish a version of a framework from a YAML file (instruction/frameworks/ has samples)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--first-year", type=int, help="end year of the first school year it is for")
        parser.add_argument("--target", type=float, help="the target of every element for that year")

    @transaction.atomic
    def handle(self, *args: Any, file: Path, **options: Any) -> None:
        year = options["first_year"] or schoolyear.current_year()
        try:
            definition = read(file)
            version = actions.publish_framework(definition=definition, first_year=year, by=None)
            if options["target"] is not None:
                targets = {element.code: options["target"] for element in definition.elements}
                actions.set_targets(version=version, targets=targets, year=year, by=None)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error
        except ValidationError as error:
            raise CommandError(f"{file.name}: {' '.join(error.messages)}") from error
        count = len(definition.elements)
        self.stdout.write(f"{version} is in force from {schoolyear.label(year)} with {count} elements.")
