"""Folders that the servers' own user can walk to (pytest's are closed to others), and starters to kill."""

import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from alignment_dash.embedded.places import REPOSITORY, server_folder
from alignment_dash.embedded.processes import birth
from alignment_dash.embedded.servers import Servers

# Seconds for what happens, on however busy a machine; only what never happens takes them.
PATIENCE = 300

STARTER = """
import signal, sys
from pathlib import Path
from alignment_dash.embedded import processes
from alignment_dash.embedded.servers import Servers
if "--no-death-signal" in sys.argv:
    processes._libc = None
state = Path(sys.argv[1])
with Servers(state=state, logs=state / "log", throwaway=True):
    print("ready", flush=True)
    signal.pause()
"""


@pytest.fixture
def state() -> Iterator[Path]:
    """An empty state folder; what runs on it at the end is stopped and all of it removed."""
    folder = Path(tempfile.mkdtemp(prefix="alignment-embedded-"))
    folder.chmod(0o711)
    yield folder
    servers = private_servers(folder)
    if folder.exists():
        servers.family.end_leftovers()
        servers.remove()


@pytest.fixture(scope="session")
def stopped_servers() -> Iterator[Servers]:
    """Servers that were made and stopped, to be copied: making a cluster costs five times as much."""
    folder = Path(tempfile.mkdtemp(prefix="alignment-embedded-"))
    folder.chmod(0o711)
    servers = private_servers(folder)
    with servers:
        pass
    yield servers
    servers.remove()


@pytest.fixture
def made_before(state: Path, stopped_servers: Servers) -> None:
    """Let the servers of `state` have been made and stopped before, for tests that are not about making them."""
    source, account = stopped_servers.state, stopped_servers.account
    shutil.copy(source / "secrets.json", state)
    # Whose each file is stays, which Python's own copying would not keep.
    folders = [server_folder(folder, account) / "postgres" for folder in (source, state)]
    subprocess.run(["cp", "-Rp", *folders], check=True)


def private_servers(state: Path) -> Servers:
    """Return servers for `state`, not started."""
    return Servers(state=state, logs=state / "log", throwaway=True)


def wait_for_line(process: subprocess.Popen[str], expected: str) -> None:
    """Read the process's output up to the line `expected`; fails when it ends before."""
    assert process.stdout is not None
    assert any(line == f"{expected}\n" for line in process.stdout)


def all_gone(pids: list[int]) -> bool:
    """Wait for processes to end; a busy worker ends its task first, so on a busy machine that takes a while."""
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while any(birth(pid) for pid in pids) and time.monotonic() < deadline:
        pause.wait(0.05)
    return not any(birth(pid) for pid in pids)


@pytest.fixture
def starter(state: Path) -> Iterator[Callable[..., subprocess.Popen[str]]]:
    """Start another process that holds the servers of `state`; returned when they answer."""
    started: list[subprocess.Popen[str]] = []

    def start(*arguments: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-c", STARTER, str(state), *arguments],
            cwd=REPOSITORY, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        started.append(process)
        wait_for_line(process, "ready")
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def run_command(state: Path) -> Callable[..., subprocess.Popen[str]]:
    """Start the package's command line on `state`, in its own process group, without servers in its environment."""

    def start(*arguments: str, **environment: str) -> subprocess.Popen[str]:
        kept = {
            name: value for name, value in os.environ.items()
            if name not in {"DATABASE_URL", "DATABASE_OWNER_URL", "REDIS_URL"} and not name.startswith("PYTEST_")
        }  # fmt: skip
        return subprocess.Popen(
            [sys.executable, "-m", "alignment_dash.embedded", *arguments],
            cwd=REPOSITORY,
            env=kept | {"ALIGNMENT_STATE": str(state), "TMPDIR": str(state)} | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    return start


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that no other user may enter, as a home folder is."""
    folder = Path(tempfile.mkdtemp(prefix="alignment-closed-"))
    yield folder
    shutil.rmtree(folder)
