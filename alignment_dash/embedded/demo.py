"""The demo: the product with a sample district on this machine alone, until ctrl-C."""

import contextlib
import http.client
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path

import psycopg2

from alignment_dash.embedded.commands import MANAGE
from alignment_dash.embedded.places import REPOSITORY
from alignment_dash.embedded.ports import LOOPBACK, is_free
from alignment_dash.embedded.processes import Child, StartError, tail, wait_until
from alignment_dash.embedded.servers import AlreadyRunning, Servers, holder, read_environment
from alignment_dash.embedded.steps import Steps

SIGN_INS = "sign-ins.json"


def run_demo(*, profile: str, seed: int, port: int) -> int:
    """Start servers, load the district, run its jobs and serve it until interrupted; return the exit code."""
    steps = Steps()
    servers = Servers()
    if holder(servers.state) is not None:
        return _say_running(servers, read_environment(servers.state))
    steps.note(f"Starting the demo (ctrl-C stops all of it; logs are in {servers.logs})")
    with contextlib.ExitStack() as held:
        try:
            with steps.step("private PostgreSQL and Valkey"):
                held.enter_context(servers)
        except AlreadyRunning as running:
            return _say_running(servers, running.environment)
        demo = Demo(servers, steps)
        demo.prepare(profile=profile, seed=seed)
        url = demo.serve(port=port)
        demo.wait_for_jobs()
        demo.welcome(url)
        return demo.watch()


class Demo:
    """One demo on running servers."""

    def __init__(self, servers: Servers, steps: Steps):
        self.servers = servers
        self.steps = steps
        # The printed passwords open everything; nobody sets up a phone to look at a sample district.
        open_roles = {"SECOND_FACTOR_ROLES": ""}
        self.environment: dict[str, str] = {**open_roles, **os.environ, **servers.environment}

    def prepare(self, *, profile: str, seed: int) -> None:
        """Bring the database to this version and load the sample district if it is not there."""
        with self.steps.step("tables"):
            self.manage("migrate", "--database", "owner", "--verbosity", "0")
        with self.steps.step("static files"):
            self.manage("collectstatic", "--no-input", "--verbosity", "0")
        with self.steps.step(f"sample district ({profile})"):
            self.manage(
                "sample_district", "--profile", profile, "--seed", str(seed),
                "--if-absent", "--credentials", str(self.servers.state / SIGN_INS),
            )  # fmt: skip

    def serve(self, *, port: int) -> str:
        """Start worker, beat and web; return the address once the web answers."""
        celery = [sys.executable, "-m", "celery", "-A", "alignment_dash"]
        beat_file = self.servers.state / "beat-schedule"
        with self.steps.step("worker, schedule and web"):
            self.start("worker", [*celery, "worker", "--concurrency", "2", "--loglevel", "INFO"])
            self.start(
                "beat", [*celery, "beat", "--schedule", str(beat_file), "--pidfile=", "--loglevel", "INFO"]
            )
            chosen = next_free(port)
            web = self.start("web", web_command(chosen))
            url = f"http://{LOOPBACK}:{chosen}"
            wait_until(lambda: answers(f"{url}/health"), web, seconds=60)
        if chosen != port:
            self.steps.note(f"Port {port} is taken by another program, so this is served on {chosen}.")
        return url

    def start(self, name: str, command: list[str]) -> Child:
        """Start one of the product's own processes."""
        return self.servers.family.start(
            name,
            command,
            environment=self.environment,
            folder=REPOSITORY,
            # A warm shutdown waits for tasks, and a cold one can hang without its broker. What is cut off is taken
            # up again; Celery has the kernel kill its pool with it.
            orphan_signal=signal.SIGKILL if name in {"worker", "beat"} else None,
            patience=15,
        )

    def wait_for_jobs(self) -> None:
        """Wait until the worker has done every run that the sample district asked for."""
        with self.steps.step("capacity and the other jobs, in the worker"):
            asked = waiting = open_runs(self.servers.environment)
            deadline = time.monotonic() + 300
            while waiting:
                self.check_children()
                if time.monotonic() > deadline:
                    raise StartError(
                        f"Still open after 5 minutes: {', '.join(waiting)}. See var/log/worker.log."
                    )
                time.sleep(0.2)
                waiting = open_runs(self.servers.environment)
        if asked:
            with self.steps.step("what follows from them in the sample district"):
                self.manage("sample_district", "--after-jobs")
        for kind, message in failed_runs(self.servers.environment):
            self.steps.note(f"The job {kind} failed: {message} See var/log/worker.log.")

    def welcome(self, url: str) -> None:
        """Print where to go and as whom."""
        self.steps.announce(
            f"Ready after {self.steps.seconds:.0f} s: {url}\n\n{read_sign_ins(self.servers.state)}\n\nCtrl-C stops it."
        )

    def watch(self) -> int:
        """Wait for ctrl-C; end with an error when a process ends by itself."""
        try:
            while True:
                self.check_children()
                time.sleep(0.5)
        except KeyboardInterrupt:
            print("\n  Stopping ...", flush=True)
        return 0

    def check_children(self) -> None:
        """Raise StartError when one of the processes has ended."""
        for child in self.servers.family.children:
            if not child.running():
                raise StartError(f"{child.name} ended. The last lines of {child.log}:\n{tail(child.log)}")

    def manage(self, *arguments: str) -> str:
        """Run a management command and return what it prints; StartError with its errors when it fails."""
        done = subprocess.run(
            [*MANAGE, *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise StartError(f"manage.py {arguments[0]} failed:\n{done.stdout}{done.stderr}")
        return done.stdout


def web_command(port: int) -> list[str]:
    """Return the command of the web server, as in production but for one host."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:alignment_dash.serving",
        "--bind",
        f"{LOOPBACK}:{port}",
    ]


def next_free(port: int) -> int:
    """Return `port`, or the first free one of the hundred after it."""
    for candidate in range(port, port + 100):
        if is_free(candidate):
            return candidate
    raise StartError(f"No port between {port} and {port + 99} is free.")


def answers(url: str) -> bool:
    """Whether an HTTP server answers at `url`, with whatever status."""
    try:
        with urllib.request.urlopen(url, timeout=2):  # noqa: S310 - our own http address
            return True
    except urllib.error.HTTPError:
        return True
    except (OSError, http.client.HTTPException):
        # The latter: nobody listens yet, and the system connected us with ourselves.
        return False


def open_runs(environment: Mapping[str, str]) -> list[str]:
    """Return the kinds of the runs that wait or run now."""
    return [
        kind
        for (kind,) in _rows(environment, "SELECT kind FROM runs_run WHERE state IN ('queued', 'running')")
    ]


def failed_runs(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Return kind and message of each kind's latest run where that failed."""
    statement = """
        SELECT kind, message FROM (
            SELECT DISTINCT ON (kind, school_year, subject) kind, state, message
            FROM runs_run ORDER BY kind, school_year, subject, queued_at DESC
        ) latest WHERE state = 'failed'
    """
    return [(kind, message) for kind, message in _rows(environment, statement)]


def read_sign_ins(state: Path) -> str:
    """Return one line per sign-in of the sample district, or what to do when they are not known."""
    try:
        entries = json.loads((state / SIGN_INS).read_text())
    except (OSError, ValueError):
        return "No sign-ins are known: `make clean` and `make demo` make the district anew."
    width = max(len(entry["email"]) for entry in entries)
    lines = [f"  {entry['email']:<{width}}  {entry['label']}" for entry in entries]
    return "\n".join([f"Sign in with the password {entries[0]['password']} as", *lines])


def _rows(environment: Mapping[str, str], statement: str) -> list[tuple[str, ...]]:
    connection = psycopg2.connect(environment["DATABASE_URL"])
    try:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())
    finally:
        connection.close()


def _say_running(servers: Servers, environment: Mapping[str, str]) -> int:
    if not environment:
        print("Another start of the private servers is under way in this checkout; try again in a minute.")
        return 1
    print("\n  Already running from this checkout. To stop it: ctrl-C where it runs, or `make stop`.\n")
    print(read_sign_ins(servers.state))
    return 0
