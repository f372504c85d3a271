"""Child processes that stop when their starter stops, however it stops.

Children are asked to stop in reverse order of their start. A starter that is killed cannot ask: on Linux the
kernel then signals its children (PR_SET_PDEATHSIG); elsewhere, and for what slips through, each child is
written to a ledger file and the next start ends what it finds there.
"""

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypedDict

from alignment_dash.embedded.places import Account, write_private

PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None) if sys.platform == "linux" else None


class StartError(RuntimeError):
    """A process did not start or did not become ready; the message says what to look at."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One started process as the ledger remembers it; `born` tells it from a later one with its pid."""

    name: str
    pid: int
    born: str
    stop_signal: int


@dataclass(slots=True)
class Child:
    """A running child with the signal that asks it to stop and the seconds it is given."""

    name: str
    process: subprocess.Popen[bytes]
    stop_signal: int
    patience: float
    log: Path

    def running(self) -> bool:
        """Whether the process has not ended yet."""
        return self.process.poll() is None

    def stop(self) -> None:
        """Ask the process to stop, wait `patience` seconds, then kill its whole group."""
        if self.running():
            self.process.send_signal(self.stop_signal)
            try:
                self.process.wait(self.patience)
            except subprocess.TimeoutExpired:
                _signal_group(self.process.pid, signal.SIGKILL)
                self.process.wait()


def birth(pid: int) -> str | None:
    """Return what tells a live process from another that had or will have its pid; None when it is not alive."""
    status = Path(f"/proc/{pid}/stat")
    if sys.platform == "linux":
        try:
            fields = status.read_text().rpartition(")")[2].split()
        except OSError:
            return None
        return None if fields[0] in "ZX" else fields[19]
    answer = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip() or None


def command_line(pid: int) -> str:
    """Return the command line of a live process, or an empty text."""
    if sys.platform == "linux":
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            return ""
    answer = subprocess.run(
        ["ps", "-o", "command=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return answer.stdout.strip()


def end(pid: int, stop_signal: int, *, patience: float = 10.0) -> None:
    """Stop a process that is not our child: ask, wait up to `patience` seconds, then kill its group."""
    born = birth(pid)
    if born is None:
        return
    os.kill(pid, stop_signal)
    deadline = time.monotonic() + patience
    while birth(pid) == born:
        if time.monotonic() > deadline:
            _signal_group(pid, signal.SIGKILL)
            return
        time.sleep(0.05)


def wait_until(ready: Callable[[], bool], child: Child, *, seconds: float) -> None:
    """Wait until `ready()`; StartError when `child` ends first or `seconds` pass."""
    deadline = time.monotonic() + seconds
    while not ready():
        if not child.running():
            raise StartError(
                f"{child.name} ended while starting. The last lines of {child.log}:\n{tail(child.log)}"
            )
        if time.monotonic() > deadline:
            raise StartError(f"{child.name} was not ready after {seconds:.0f} s; its log is {child.log}.")
        time.sleep(0.05)


def tail(log: Path, lines: int = 12) -> str:
    """Return the last lines of a log file."""
    try:
        return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])
    except OSError:
        return "(no log)"


@dataclass(slots=True)
class Family:
    """The children of one starter, in the order they were started."""

    ledger: Path
    logs: Path
    children: list[Child] = field(default_factory=list)

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        environment: Mapping[str, str] | None = None,
        account: Account | None = None,
        stop_signal: int = signal.SIGTERM,
        orphan_signal: int | None = None,
        patience: float = 10.0,
        feed: bytes | None = None,
        folder: Path | None = None,
    ) -> Child:
        """Start a child in its own process group, its output appended to `logs`/`name`.log.

        `feed` is written to its standard input; `orphan_signal` is what the kernel sends it when we are
        killed (default: `stop_signal`). Raises StartError when the program cannot be executed.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        log = self.logs / f"{name}.log"
        with log.open("ab") as output:
            try:
                process = subprocess.Popen(
                    [str(part) for part in command],
                    stdin=subprocess.DEVNULL if feed is None else subprocess.PIPE,
                    stdout=output,
                    stderr=subprocess.STDOUT,
                    env=dict(environment) if environment is not None else None,
                    cwd=folder,
                    start_new_session=True,
                    preexec_fn=die_with_parent(orphan_signal or stop_signal),
                    **as_account(account),
                )
            except OSError as error:
                raise StartError(f"{name} could not be started: {error}") from error
        if feed is not None and process.stdin is not None:
            process.stdin.write(feed)
            process.stdin.close()
        child = Child(name, process, stop_signal, patience, log)
        self.children.append(child)
        self._write_ledger()
        return child

    def stop(self) -> None:
        """Stop every child, last started first."""
        while self.children:
            self.children.pop().stop()
            self._write_ledger()

    def forget(self, child: Child) -> None:
        """Stop one child and take it off the list."""
        child.stop()
        self.children.remove(child)
        self._write_ledger()

    def end_leftovers(self) -> list[str]:
        """End what an earlier starter left running; return the names."""
        ended = []
        for entry in reversed(read_ledger(self.ledger)):
            if birth(entry.pid) == entry.born:
                end(entry.pid, entry.stop_signal)
                ended.append(entry.name)
        self._write_ledger()
        return ended

    def _write_ledger(self) -> None:
        entries = [
            Entry(child.name, child.process.pid, birth(child.process.pid) or "", child.stop_signal)
            for child in self.children
        ]
        write_private(self.ledger, json.dumps([asdict(entry) for entry in entries], indent=1))


def read_ledger(ledger: Path) -> list[Entry]:
    """Return the ledger's entries; an unreadable or damaged one counts as empty."""
    try:
        return [Entry(**entry) for entry in json.loads(ledger.read_text())]
    except (OSError, ValueError, TypeError):
        return []


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore ctrl-C and SIGTERM meanwhile (the stopping of children takes a while)."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


class AsAccount(TypedDict, total=False):
    """The arguments of subprocess that choose a user."""

    user: int
    group: int
    extra_groups: list[int]


def as_account(account: Account | None) -> AsAccount:
    """Return the arguments that make subprocess run a program as `account`."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}


def die_with_parent(number: int) -> Callable[[], None] | None:
    """Return a `preexec_fn` that has the kernel signal the child when we end; None where there is no such call."""
    libc, parent = _libc, os.getpid()
    if libc is None:
        return None

    def ask_kernel() -> None:
        libc.prctl(PR_SET_PDEATHSIG, number)
        if os.getppid() != parent:
            os.kill(os.getpid(), signal.SIGKILL)

    return ask_kernel


def _signal_group(pid: int, number: int) -> None:
    try:
        os.killpg(pid, number)
    except (ProcessLookupError, PermissionError):
        return
