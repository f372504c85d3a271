"""A database of its own for the import benchmark, and worker processes that import into it."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.db import connections

from bench import district

NAME = "alignment_bench_rosters"


class Worker:
    """A worker process; see `bench.import_worker`."""

    def __init__(self) -> None:
        environment = dict(os.environ)
        for name in ("DATABASE_URL", "DATABASE_OWNER_URL"):
            environment[name] = urlunsplit(urlsplit(environment[name])._replace(path=f"/{NAME}"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "bench.import_worker"],
            env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.peak_mb: float = self._answer()["peak_mb"]

    def load(self, bundle: io.BytesIO) -> float:
        """Have a bundle imported; return the seconds of its run. AssertionError when it was not applied."""
        from schools.models import RosterImport

        upload = _receive(bundle)
        assert self._process.stdin
        print(upload.run_id, file=self._process.stdin, flush=True)
        answer = self._answer()
        self.peak_mb = answer["peak_mb"]
        done = RosterImport.objects.defer("content").get(pk=upload.pk)
        assert done.applied_at or done.state.startswith("applied"), (done.state, done.message, done.holds)
        return float(answer["seconds"])

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _answer(self) -> dict[str, float]:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the worker ended"
        answer: dict[str, float] = json.loads(line)
        return answer


class RosterDistrict:
    """The database, made empty and dropped at the end; while it is open, the settings lead to it."""

    def __enter__(self) -> "RosterDistrict":
        from django.core.management import call_command

        district.drop(NAME)
        district.make(NAME)
        self._before = {alias: connections[alias].settings_dict["NAME"] for alias in connections}
        _lead(dict.fromkeys(connections, NAME))
        call_command("migrate", database="owner", verbosity=0)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _lead(self._before)
        district.drop(NAME)

    @contextmanager
    def worker(self) -> Iterator[Worker]:
        """A fresh worker process, ended with the block."""
        worker = Worker()
        try:
            yield worker
        finally:
            worker.close()

    def empty(self) -> None:
        """Forget everything that was imported."""
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                "SELECT string_agg(quote_ident(tablename), ', ') FROM pg_tables "
                "WHERE schemaname = 'public' AND tablename NOT IN ('django_migrations', 'django_content_type')"
            )
            cursor.execute(f"TRUNCATE {cursor.fetchone()[0]} CASCADE")


def _lead(names: dict[str, str]) -> None:
    for alias, name in names.items():
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name


def _receive(bundle: io.BytesIO) -> Any:
    from alignment_dash.access.models import User
    from alignment_dash.runs import uploads
    from schools.imports.importing import KIND

    by, _ = User.objects.get_or_create(email="bench@bench.example", defaults={"name": "Bench"})
    upload, _ = uploads.receive(
        kind=KIND, content=bundle.getvalue(), filename="bench.zip", options={"source": "bench"}, by=by
    )
    return upload
