"""The command line: what runs against private servers, and what ctrl-C and failures leave behind."""

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from alignment_dash.embedded.processes import birth, read_ledger
from alignment_dash.embedded.servers import holder, read_environment
from tests.embedded.conftest import PATIENCE, wait_for_line

Command = Callable[..., subprocess.Popen[str]]

# For pytest without the plugins that are installed here.
ALONE = {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
PRINT_AND_WAIT = "import signal; print('waiting', flush=True); signal.pause()"


@pytest.fixture
def bare(state: Path) -> list[str]:
    """Arguments for pytest without the project, which takes seconds to load: what matters here is what it leaves."""
    (state / "pytest.ini").touch()
    return ["-c", str(state / "pytest.ini"), "--noconftest", "-p", "no:cacheprovider"]


@pytest.fixture
def waiting(state: Path, bare: list[str]) -> list[str]:
    """Arguments for a pytest that prints "waiting" and waits, once it is about to look for tests."""
    (state / "waits.py").write_text(
        "import signal\ndef pytest_sessionstart():\n    print('waiting', flush=True)\n    signal.pause()\n"
    )
    return [*bare, "-p", "waits", "-s"]


def abandoned(folder: Path) -> list[Path]:
    return list(folder.glob("alignment-test-*"))


def test_run_passes_the_servers_and_the_exit_code_on(run_command: Command, state: Path) -> None:
    process = run_command("run", "--", "sh", "-c", 'echo "$DATABASE_URL"; exit 7')
    output, _ = process.communicate(timeout=PATIENCE)
    assert "postgres://alignment_app:" in output
    assert process.returncode == 7
    assert read_ledger(state / "processes.json") == []


@pytest.mark.usefixtures("made_before")
def test_run_beside_a_running_one_shares_its_servers(run_command: Command, state: Path) -> None:
    first = run_command("run", "--", "python3", "-c", PRINT_AND_WAIT)
    wait_for_line(first, "waiting")
    second, _ = run_command("run", "--", "sh", "-c", 'echo "$REDIS_URL"').communicate(timeout=PATIENCE)
    assert second.strip() == read_environment(state)["REDIS_URL"]
    os.killpg(first.pid, signal.SIGINT)
    first.communicate(timeout=PATIENCE)


@pytest.mark.usefixtures("made_before")
def test_run_interrupted_stops_its_servers(run_command: Command, state: Path) -> None:
    process = run_command("run", "--", "python3", "-c", PRINT_AND_WAIT)
    wait_for_line(process, "waiting")
    children = [entry.pid for entry in read_ledger(state / "processes.json")]
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert [pid for pid in children if birth(pid)] == []


@pytest.mark.usefixtures("made_before")
def test_stop_ends_a_run_elsewhere(run_command: Command, state: Path) -> None:
    process = run_command("run", "--", "python3", "-c", PRINT_AND_WAIT)
    wait_for_line(process, "waiting")
    stopping = run_command("stop")
    process.communicate(timeout=PATIENCE)
    assert stopping.communicate(timeout=PATIENCE)[0].startswith("Stopped the process")
    assert stopping.returncode == 0
    assert holder(state) is None


def test_clean_removes_data_and_secrets(run_command: Command, state: Path) -> None:
    run_command("run", "--", "true").communicate(timeout=PATIENCE)
    assert (state / "secrets.json").exists()
    process = run_command("clean")
    process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert not state.exists()


def test_test_run_failing_leaves_nothing(run_command: Command, state: Path, bare: list[str]) -> None:
    process = run_command("test", "--", *bare, "no/such/test.py", **ALONE)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode != 0, output
    assert "no/such/test.py" in output
    assert abandoned(state) == []


def test_test_run_interrupted_leaves_nothing(run_command: Command, state: Path, waiting: list[str]) -> None:
    process = run_command("test", "--", *waiting, PYTHONPATH=str(state), **ALONE)
    wait_for_line(process, "waiting")
    assert len(abandoned(state)) == 1
    os.killpg(process.pid, signal.SIGINT)
    process.communicate(timeout=PATIENCE)
    assert process.returncode != 0
    assert abandoned(state) == []


def test_test_run_with_servers_given_starts_none(run_command: Command, state: Path) -> None:
    process = run_command(
        "test",
        "--",
        "--version",
        DATABASE_URL="postgres://a:b@127.0.0.1:9/c",
        REDIS_URL="redis://127.0.0.1:9/0",
    )
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0
    assert "pytest" in output
    assert abandoned(state) == []


def test_test_run_removes_what_a_killed_one_left(
    run_command: Command, state: Path, waiting: list[str]
) -> None:
    process = run_command("test", "--", *waiting, PYTHONPATH=str(state), **ALONE)
    wait_for_line(process, "waiting")
    process.kill()
    process.communicate(timeout=PATIENCE)
    assert len(abandoned(state)) == 1
    following = run_command("test", "--", "--version")
    following.communicate(timeout=PATIENCE)
    assert following.returncode == 0
    assert abandoned(state) == []
