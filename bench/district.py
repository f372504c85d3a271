"""The throwaway database of the benchmarks and the sample districts in it.

`alignment_bench` is made on the server that DATABASE_URL names, beside the database there, and dropped at the
end unless it is to be kept.
"""

import os
import sys
from urllib.parse import urlsplit, urlunsplit

import psycopg2

NAME = "alignment_bench"


def use_bench_database() -> None:
    """Point the settings at the bench database; call before Django is set up.

    Raises SystemExit where no server is given.
    """
    if "DATABASE_URL" not in os.environ or "REDIS_URL" not in os.environ:
        raise SystemExit("Set DATABASE_URL and REDIS_URL, or use `make bench`.")
    os.environ.setdefault("DATABASE_OWNER_URL", os.environ["DATABASE_URL"])
    os.environ["SERVER_DATABASE_URL"] = os.environ["DATABASE_OWNER_URL"]
    # Another numbered database of the broker, too: a demo's worker beside us must not hear our runs.
    for name, path in (("DATABASE_URL", NAME), ("DATABASE_OWNER_URL", NAME), ("REDIS_URL", "1")):
        os.environ[name] = urlunsplit(urlsplit(os.environ[name])._replace(path=f"/{path}"))


def create() -> bool:
    """Create and migrate the bench database; return whether it was there already and is used as it is."""
    with_database = _on_server("SELECT 1 FROM pg_database WHERE datname = %s", NAME)
    if not with_database:
        make(NAME)
    from django.core.management import call_command

    call_command("migrate", database="owner", verbosity=0)
    return bool(with_database)


def make(name: str) -> None:
    """Create an empty database."""
    _on_server(f"CREATE DATABASE {name}")


def drop(name: str = NAME) -> None:
    """Drop a database of the benchmarks, whoever is still connected."""
    from django.db import connections

    connections.close_all()
    _on_server(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def large_urban() -> None:
    """Have the district of the targets loaded: 169 schools, 6,738 teachers. Safe to call again."""
    load("large-urban")


def load(profile: str, *, seed: int = 1) -> None:
    """Load a sample district of `profile` unless one is there, and ask for no jobs: a benchmark runs its own.

    What the command prints goes to standard error, so that --json stays clean.
    """
    from django.core.management import call_command

    call_command(
        "sample_district", profile=profile, seed=seed, if_absent=True, no_jobs=True, stdout=sys.stderr
    )


def _on_server(statement: str, *parameters: str) -> list[tuple[object, ...]]:
    connection = psycopg2.connect(os.environ["SERVER_DATABASE_URL"])
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            return cursor.fetchall() if cursor.description else []
    finally:
        connection.close()
