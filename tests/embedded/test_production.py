"""The processes of docker-compose.yml started by hand, as docs/operations.md says."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alignment_dash.embedded.demo import answers
from alignment_dash.embedded.places import REPOSITORY
from alignment_dash.embedded.ports import LOOPBACK, free_port
from alignment_dash.embedded.processes import Child, Family, wait_until
from tests.embedded.conftest import PATIENCE

Start = Callable[..., Child]
CELERY = [sys.executable, "-m", "celery", "-A", "alignment_dash"]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    """Production's: no DEBUG, secrets as files, a home folder in which nothing may appear."""
    secret = tmp_path / "secret_key"
    secret.write_text("s" * 60)
    home = tmp_path / "home"
    home.mkdir()
    given = {name: value for name, value in os.environ.items() if name not in {"SECRET_KEY", "DEBUG"}}
    return given | {
        "SECRET_KEY_FILE": str(secret), "HOME": str(home), "XDG_RUNTIME_DIR": str(home),
        "ALLOWED_HOSTS": "alignment.example.org", "SECURE_TRANSPORT": "true", "WEB_WORKERS": "1",
    }  # fmt: skip


@pytest.fixture
def start(tmp_path: Path, environment: dict[str, str]) -> Iterator[Start]:
    """Start one of the processes; all are stopped at the end."""
    family = Family(tmp_path / "processes.json", tmp_path)

    def start_one(name: str, *command: str, **more: str) -> Child:
        return family.start(name, command, environment=environment | more, folder=REPOSITORY)

    yield start_one
    family.stop()


def test_web_is_well_by_its_own_health_check_and_opens_no_control_socket(
    start: Start, environment: dict[str, str]
) -> None:
    bind = f"{LOOPBACK}:{free_port()}"
    web = start("web", sys.executable, "-m", "gunicorn", "-c", "python:alignment_dash.serving", WEB_BIND=bind)
    wait_until(lambda: answers(f"http://{bind}/health"), web, seconds=PATIENCE)
    check = [sys.executable, "-m", "alignment_dash.checks.health"]
    well = subprocess.run(check, env=environment | {"WEB_BIND": bind}, cwd=REPOSITORY, check=False)
    assert well.returncode == 0
    assert list(Path(environment["HOME"]).rglob("*")) == []
    web.stop()
    assert web.process.returncode == 0
    ill = subprocess.run(
        check, env=environment | {"WEB_BIND": bind}, cwd=REPOSITORY, capture_output=True, check=False
    )
    assert ill.returncode == 1


def test_worker_answers_its_health_check_and_stops_when_asked(
    start: Start, environment: dict[str, str]
) -> None:
    worker = start(
        "worker", *CELERY, "worker", "--concurrency", "1", "--hostname", "celery@here", "--loglevel", "INFO"
    )
    wait_until(lambda: b"celery@here ready" in worker.log.read_bytes(), worker, seconds=PATIENCE)
    ping = subprocess.run(
        [*CELERY, "inspect", "ping", "--timeout", str(PATIENCE), "--destination", "celery@here"],
        env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert ping.returncode == 0, ping.stdout + ping.stderr
    assert "pong" in ping.stdout
    worker.process.send_signal(signal.SIGTERM)
    assert worker.process.wait(PATIENCE) == 0


def test_beat_writes_the_schedule_that_its_health_check_looks_for(start: Start, tmp_path: Path) -> None:
    schedule = tmp_path / "celerybeat-schedule"
    beat = start("beat", *CELERY, "beat", "--pidfile=", "--schedule", str(schedule), "--loglevel", "INFO")
    wait_until(lambda: bool(list(tmp_path.glob("celerybeat-schedule*"))), beat, seconds=PATIENCE)


def test_answers_is_false_where_nothing_listens() -> None:
    with socket.create_server((LOOPBACK, 0)) as listener:
        port = listener.getsockname()[1]
    assert answers(f"http://{LOOPBACK}:{port}/health") is False


def test_sender_who_drips_is_cut_off_and_others_are_served(
    start: Start, environment: dict[str, str], tmp_path: Path
) -> None:
    config = tmp_path / "impatient.py"
    config.write_text(
        "from alignment_dash import patience\n"
        "from alignment_dash.serving import *\n"
        "patience.HEAD, patience.GRACE = 1.0, 1.0\n"
        "bind, workers, threads, accesslog = BIND, 1, 2, None\n".replace(
            "BIND", repr(f"{LOOPBACK}:{(port := free_port())}")
        )
    )
    web = start(
        "web",
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        str(config),
        SECURE_TRANSPORT="false",
        ALLOWED_HOSTS="*",
    )
    wait_until(lambda: answers(f"http://{LOOPBACK}:{port}/health"), web, seconds=PATIENCE)
    head = socket.create_connection((LOOPBACK, port), timeout=PATIENCE)
    head.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nX-A")
    body = socket.create_connection((LOOPBACK, port), timeout=PATIENCE)
    body.sendall(
        b"POST /api/v1/oauth/token/ HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\n\r\ngrant_type="
    )
    # Both threads wait now; each is given up on, so that the next caller is answered.
    assert head.recv(100) == b""
    assert b" 400 " in body.recv(100)
    wait_until(lambda: answers(f"http://{LOOPBACK}:{port}/health"), web, seconds=PATIENCE)
    head.close()
    body.close()
