"""The demo as a newcomer meets it: one command, a sign-in that works, ctrl-C, and once more."""

import http.cookiejar
import json
import os
import re
import signal
import socket
import subprocess
import urllib.parse
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from alignment_dash.embedded.ports import LOOPBACK
from alignment_dash.embedded.processes import birth, read_ledger
from tests.embedded.conftest import PATIENCE, all_gone

Command = Callable[..., subprocess.Popen[str]]


def wait_for_address(process: subprocess.Popen[str]) -> tuple[str, list[str]]:
    """Read the demo's output up to its address; return the address and the lines before."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        found = re.search(r"Ready after \d+ s: (\S+)", line)
        if found:
            return found.group(1), lines
    raise AssertionError("".join(lines))


def sign_in(address: str, email: str, password: str) -> str:
    """Sign in as a browser would, and return the address and body of the page that follows."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    with opener.open(f"{address}/sign-in") as page:
        token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page.read().decode())
    assert token
    fields = {"login": email, "password": password, "csrfmiddlewaretoken": token.group(1)}
    with opener.open(f"{address}/sign-in", urllib.parse.urlencode(fields).encode()) as page:
        return f"{page.url}\n{page.read().decode()}"


def children(state: Path) -> list[int]:
    return [entry.pid for entry in read_ledger(state / "processes.json")]


@pytest.mark.slow
def test_demo_serves_stops_and_starts_again(run_command: Command, state: Path) -> None:
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]
        first = run_command("demo", "--profile", "small-rural", "--port", str(port))
        address, lines = wait_for_address(first)
    assert not address.endswith(f":{port}")
    assert f"Port {port} is taken" in "".join(lines)

    sign_ins = json.loads((state / "sign-ins.json").read_text())
    assert {entry["role"] for entry in sign_ins} >= {"data-administrator", "supervisor", "principal", "hr"}
    page = sign_in(address, sign_ins[0]["email"], sign_ins[0]["password"])
    assert page.startswith(f"{address}/\n")
    assert "csrf" in page

    beside, _ = run_command("demo").communicate(timeout=PATIENCE)
    assert "Already running" in beside

    running = children(state)
    assert len(running) == 5
    os.killpg(first.pid, signal.SIGINT)
    rest, _ = first.communicate(timeout=PATIENCE)
    assert first.returncode == 0, rest
    assert [pid for pid in running if birth(pid)] == []

    again = run_command("demo", "--profile", "small-rural", "--port", str(port))
    address, _ = wait_for_address(again)
    assert sign_in(address, sign_ins[0]["email"], sign_ins[0]["password"]).startswith(f"{address}/\n")
    running = children(state)
    again.kill()
    again.communicate()
    assert all_gone(running)
