"""A worker process for the import benchmark: what a Celery worker has imported, doing runs one by one.

It reads ids of runs from standard input, a line each, performs each as the task does, and answers with a line
of JSON: the seconds, the run's state, and the process' highest resident memory so far, in MB.
"""

import json
import resource
import sys
import time


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
    # Linux counts in kilobytes, macOS in bytes.
    unit = 2**20 if sys.platform == "darwin" else 2**10
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit
    print(json.dumps({"peak_mb": peak, **facts}), flush=True)


if __name__ == "__main__":
    main()
