"""`run`, `stop` and `clean`: what developers and make use beside the demo and the tests."""

import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence

from alignment_dash.embedded.binaries import remove_copy
from alignment_dash.embedded.places import REPOSITORY
from alignment_dash.embedded.processes import birth, die_with_parent, end
from alignment_dash.embedded.servers import AlreadyRunning, Servers, holder

MANAGE = [sys.executable, str(REPOSITORY / "manage.py")]


def foreground(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command on our terminal with `environment` added to ours; return its exit code.

    Ctrl-C reaches the command by itself, so we only wait for it; a SIGTERM to us is passed on.
    """
    process = subprocess.Popen(
        list(command),
        env={**os.environ, **environment},
        preexec_fn=die_with_parent(signal.SIGTERM),
    )
    interrupted = False
    while True:
        try:
            code = process.wait()
        except KeyboardInterrupt:
            interrupted = True
        except SystemExit:
            process.terminate()
            interrupted = True
        else:
            return 130 if interrupted and code in {0, -signal.SIGINT} else code % 256


def run(command: Sequence[str]) -> int:
    """Run a command against the private servers: those that run already, or else new ones for as long."""
    try:
        with Servers() as servers:
            return foreground(command, servers.environment)
    except AlreadyRunning as running:
        return foreground(command, running.environment)


def stop() -> int:
    """Stop the demo, or whatever an earlier start left running."""
    pid = holder()
    if pid is not None:
        end(pid, signal.SIGTERM, patience=60)
        print(f"Stopped the process {pid} and its servers.")
    servers = Servers()
    for name in servers.family.end_leftovers() if servers.state.exists() else []:
        print(f"Stopped {name}.")
    return 0 if pid is None or birth(pid) is None else 1


def clean() -> int:
    """Stop the private servers and delete their data and secrets."""
    code = stop()
    if code == 0:
        servers = Servers()
        if servers.state.exists():
            servers.remove()
        remove_copy()
    return code
