"""A database that stops dead, and a disk that is full, in the middle of an import: all or nothing, then to its end.

On a private PostgreSQL of the test's own. It is restarted as `pg_ctl restart -m immediate` does, which ends every
session at once and leaves the rest to crash recovery. For the full disk, the operating system refuses the
worker's sessions any further byte in any file (RLIMIT_FSIZE), so that extending a table fails as it does on a
full volume ("could not extend file"), and a write of the log stops the server, as it does there, too. Only the
name of the error differs; a real full volume would need rights that tests do not have.
"""

import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
from django.conf import settings
from django.db import connections

from alignment_dash.embedded.places import server_account, server_folder
from alignment_dash.embedded.ports import LOOPBACK
from alignment_dash.embedded.postgres import APP, DATABASE, OWNER, Passwords, Postgres
from alignment_dash.embedded.processes import Family, as_account, wait_until
from alignment_dash.runs.models import Run, State
from bench.roster_bundle import content
from schools.imports import actions
from schools.models import RosterImport
from tests.schools import whole_state
from tests.schools.announced import DONE
from tests.schools.import_scene import APPLIED, A, Scene, Untouched
from tests.schools.worker_process import PATIENCE

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.full]
SEED = 5
TIMES = 5
MORE = content(schools=4, teachers=60, students=1_000, enrollments_each=4, seed=8)


class Server:
    """A private PostgreSQL that the settings of this process lead to while the test lasts."""

    def __init__(self, folder: Path) -> None:
        self._family = Family(folder / "processes.json", folder / "log")
        self.passwords = Passwords.generate()
        self._postgres = Postgres(folder, self.passwords, server_account())
        self._child = self._postgres.start(self._family)
        self.port = self._postgres.port

    def migrate(self) -> None:
        """Make the tables, in a process of its own: tests may not write as the owner."""
        addresses = {"DATABASE_URL": self._postgres.url(APP), "DATABASE_OWNER_URL": self._postgres.url(OWNER)}
        command = [sys.executable, settings.BASE_DIR / "manage.py", "migrate", "--database", "owner"]
        subprocess.run(command, env=os.environ | addresses, check=True, capture_output=True)
        # As PostgreSQL is by itself; our private servers give up the last half second for speed.
        with psycopg2.connect(self._postgres.url(OWNER)) as session:
            session.cursor().execute(f"ALTER DATABASE {DATABASE} SET synchronous_commit = on")

    def restart_at_once(self) -> None:
        """Stop the server dead and start it again, which recovers what was committed."""
        self._child.process.send_signal(signal.SIGQUIT)
        self._child.process.wait()
        self._family.forget(self._child)
        self._child = self._postgres.start(self._family, preferred_port=self.port)
        connections.close_all()

    def fill_disk(self) -> list[int]:
        """Let the sessions of others write no further byte; return their process ids."""
        with connections["default"].cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            sessions = [row[0] for row in cursor.fetchall()]
        for session in sessions:
            _limit(session, "0")
        return sessions

    def make_room(self, sessions: list[int]) -> None:
        """Let them write again, and wait until the server answers, where it has stopped over it."""
        for session in sessions:
            _limit(session, "unlimited")
        connections.close_all()
        wait_until(self._answers, self._child, seconds=PATIENCE)

    def stop(self) -> None:
        connections.close_all()
        self._family.stop()

    def _answers(self) -> bool:
        try:
            with psycopg2.connect(self._postgres.url(OWNER)) as session:
                session.cursor().execute("SELECT 1")
        except psycopg2.OperationalError:
            return False
        return True


def _limit(session: int, size: str) -> None:
    # As the servers' own user, who alone may, and whom a session that has ended meanwhile does not trouble.
    command = ["prlimit", "--pid", str(session), f"--fsize={size}:"]
    subprocess.run(command, check=False, capture_output=True, **as_account(server_account()))


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    folder = Path(tempfile.mkdtemp(prefix="alignment-lost-"))
    folder.chmod(0o711)
    made = Server(folder)
    roles = {"default": (APP, made.passwords.app), "owner": (OWNER, made.passwords.owner)}
    for alias, (role, password) in roles.items():
        connections[alias].close()
        given = {"HOST": LOOPBACK, "PORT": made.port, "NAME": DATABASE, "USER": role, "PASSWORD": password}
        for place in (connections[alias].settings_dict, settings.DATABASES[alias]):
            for name, value in given.items():
                monkeypatch.setitem(place, name, value)
    try:
        made.migrate()
        yield made
    finally:
        made.stop()
        shutil.rmtree(server_folder(folder, server_account()), ignore_errors=True)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def scene(server: Server) -> Iterator[Scene]:
    made = Scene(A, {name: A[name] + MORE[name] for name in A})
    yield made
    made.workers.close()


def finish(scene: Scene, upload: RosterImport, untouched: Untouched) -> str:
    """Look at what is left, have it brought to its end, and return what came of it."""
    upload.refresh_from_db()
    left, run = whole_state.stated(), Run.objects.get(pk=upload.run_id)
    assert left in (untouched.start, untouched.goal), "half applied"
    assert (upload.state in APPLIED) is (left == untouched.goal)
    line = f"run {run.state:9} upload {upload.state:10} rows {'new' if left == untouched.goal else 'old'}"
    if upload.state == "failed":  # it says so, and may be asked for again
        assert upload.message
        actions.retry_roster(roster_import=upload, by=scene.by)
        line += "; tried again"
    run = scene.finish(upload)
    assert (run.state, upload.state in APPLIED) == (State.SUCCEEDED, True)
    assert whole_state.stated() == untouched.goal
    assert whole_state.inverse(upload) == untouched.inverse
    line += f"; then {upload.state} after {run.attempts} attempts"
    scene.go_back(upload)
    return line


def moments(untouched: Untouched, name: str) -> Iterator[tuple[float, str]]:
    chance = random.Random(f"{SEED} {name}")
    for number in range(1, TIMES + 1):
        moment = chance.uniform(0, untouched.seconds)
        yield moment, f"{name:8} {number:3} {moment * 1000:5.0f} of {untouched.seconds * 1000:.0f} ms"


def test_database_restarted_in_the_middle_loses_and_doubles_nothing(
    server: Server, scene: Scene, capsys: Any
) -> None:
    untouched, lines = Untouched.of(scene, "apply"), []
    for moment, line in moments(untouched, "restart"):
        upload = untouched.ask()
        scene.workers.work_for(moment)
        server.restart_at_once()
        lines.append(f"{line}  {finish(scene, upload, untouched)}")
    with capsys.disabled():
        print("", *lines, sep="\n")
    assert len(lines) == TIMES


@pytest.mark.skipif(not shutil.which("prlimit"), reason="needs prlimit, which is of Linux")
def test_disk_full_in_the_middle_loses_and_doubles_nothing(server: Server, scene: Scene, capsys: Any) -> None:
    untouched, lines = Untouched.of(scene, "apply"), []
    for moment, line in moments(untouched, "disk"):
        scene.workers.queue.delete(DONE)
        upload = untouched.ask()
        scene.workers.work_for(moment)
        sessions = server.fill_disk()
        scene.workers.queue.blpop([DONE], timeout=PATIENCE)
        server.make_room(sessions)
        lines.append(f"{line}  {finish(scene, upload, untouched)}")
    with capsys.disabled():
        print("", *lines, sep="\n")
    assert len(lines) == TIMES
