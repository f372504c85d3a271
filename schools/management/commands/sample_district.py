"""Load a whole invented district, with ratings whose truth is known."""

import json
import os
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

import numpy as np
from django.apps import apps
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.module_loading import import_string

from alignment_dash import schoolyear
from alignment_dash.access.database import refresh_statistics
from alignment_dash.access.models import User
from alignment_dash.access.reach import all_rows
from alignment_dash.runs.actions import request_nightly
from schools.models import Org
from schools.sample.profiles import PROFILES
from schools.sample.registry import steps
from schools.sample.sample import Sample, SignIn, plan
from schools.sample.users import SIGN_INS_END
from schools.sample.write import check_references_at_once


class Command(BaseCommand):
    help = "Load an invented district into an empty database, and ask for its jobs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--profile", choices=sorted(PROFILES), default="midsized-urban")
        parser.add_argument("--seed", type=int, default=1, help="the same seed makes the same district")
        parser.add_argument(
            "--truth", type=Path, metavar="FILE", help="write the true capacities there (npz)"
        )
        parser.add_argument(
            "--credentials", type=Path, metavar="FILE", help="write the sign-ins there (JSON)"
        )
        parser.add_argument("--if-absent", action="store_true", help="do nothing where a district is loaded")
        parser.add_argument(
            "--after-jobs", action="store_true", help="once its jobs have run, write what follows from them"
        )
        parser.add_argument("--no-jobs", action="store_true", help="do not ask for the computing of results")

    def handle(self, **options: Any) -> None:
        if options["after_jobs"]:
            self.follow()
            return
        if Org.objects.exists():
            self.refuse(if_absent=options["if_absent"])
            return
        started = time.monotonic()
        sample = plan(PROFILES[options["profile"]], seed=options["seed"], today=schoolyear.today())
        with transaction.atomic(), all_rows(why="load a sample district"):
            check_references_at_once()
            for step in steps():
                self.perform(step.name, import_string(step.run), sample)
        refresh_statistics(model._meta.db_table for model in apps.get_models())
        self.stdout.write(f"{sample.places.district} is loaded after {time.monotonic() - started:.1f} s.")
        # First of all that may fail from here on: the password stands nowhere else.
        self.say_sign_ins(sample.sign_ins, options["credentials"])
        if options["truth"]:
            np.savez_compressed(options["truth"], allow_pickle=False, **sample.truth)
        if not options["no_jobs"]:
            years = (sample.calendar.year - 1, sample.calendar.year)
            asked = sum(len(request_nightly(school_year=year)) for year in years)
            self.stdout.write(f"Asked for {asked} jobs; a worker does them.")

    def follow(self) -> None:
        """Write what follows from the first jobs; nothing in a database that holds no sample district."""
        if not User.objects.filter(email__endswith=SIGN_INS_END).exists():
            raise CommandError("This database holds no sample district.")
        with transaction.atomic():
            for step in steps(after_jobs=True):
                self.perform(step.name, import_string(step.run))

    def refuse(self, *, if_absent: bool) -> None:
        """Leave a database that holds a district as it is."""
        if not if_absent:
            raise CommandError(
                "This database holds a district already. A sample goes into an empty one only."
            )
        self.stdout.write("A district is loaded already; nothing was changed.")

    def perform(self, name: str, run: Any, *given: Sample) -> None:
        """Run one step and print what it wrote."""
        started = time.monotonic()
        rows = run(*given)
        self.stdout.write(f"  {name:<32} {rows:>10,} rows {time.monotonic() - started:6.1f} s")
        self.stdout.flush()

    def say_sign_ins(self, sign_ins: list[SignIn], file: Path | None) -> None:
        """Print who can sign in, once; write it where it was asked for, readable by the owner alone."""
        self.stdout.write(f"Sign in with the password {sign_ins[0].password} as")
        for entry in sign_ins:
            self.stdout.write(f"  {entry.email:<40} {entry.label}")
        if file:
            fields = ("role", "label", "email", "password")
            content = [{name: getattr(entry, name) for name in fields} for entry in sign_ins]
            with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
                os.fchmod(out.fileno(), 0o600)
                json.dump(content, out, indent=2)
