"""Progress lines: what is being done, and how long it took."""

import contextlib
import sys
import time
from collections.abc import Iterator

WIDTH = 46


class Steps:
    """Prints one line per step, `label ... 1.2 s`, and keeps the seconds since the first."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the first step."""
        return time.monotonic() - self._began

    @contextlib.contextmanager
    def step(self, label: str) -> Iterator[None]:
        """Print `label` when the block begins and its seconds when it ends."""
        began = time.monotonic()
        print(f"  {label} {'.' * (WIDTH - len(label))}", end=" ", flush=True)
        try:
            yield
        except BaseException:
            print("stopped", flush=True)
            raise
        print(f"{time.monotonic() - began:5.1f} s", flush=True)

    def note(self, text: str) -> None:
        """Print a line that is not a step."""
        print(f"  {text}", flush=True)

    def announce(self, text: str) -> None:
        """Print text that stands by itself."""
        print(f"\n{text}\n", flush=True)
        sys.stdout.flush()
