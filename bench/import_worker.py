"""A worker process for the import benchmark: what a Celery worker has imported, doing runs one by one.

It reads ids of runs from standard input, a line each, performs each as the task does, and answers with a line
of JSON: the seconds, the run's state, and the process' highest resident memory so far, in MB.
"""

import json
import resource
import sys
import time
from pathlib import Path


def main() -> None:
    """Become a worker, say so, and perform runs until the input ends."""
    import celery.bin.worker  # noqa: F401 - a worker process has the command line loaded
    import django

    from alignment_dash import celery_app

    django.setup()
    celery_app.loader.import_default_modules()
    celery_app.finalize()
    from alignment_dash.runs import tasks
    from alignment_dash.runs.models import Run

    _say(ready=True)
    for line in sys.stdin:
        began = time.perf_counter()
        tasks.perform(int(line))
        _say(seconds=time.perf_counter() - began, state=Run.objects.get(pk=int(line)).state)


def _say(**facts: object) -> None:
    print(json.dumps({"peak_mb": _peak_mb(), **facts}), flush=True)


def _peak_mb() -> float:
    """The most memory that this process has had. Linux counts that of the starter into `ru_maxrss`."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM:"))
    return int(line.split()[1]) / 2**10


if __name__ == "__main__":
    main()
