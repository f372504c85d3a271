"""Imported by a test's worker process: it says over Redis when it is ready and which run it has done."""

import os

import redis
from celery.signals import task_postrun, worker_ready
from django.conf import settings

READY, DONE = "worker-ready", "worker-done"


def _push(name: str, value: object) -> None:
    redis.Redis.from_url(settings.REDIS_URL).lpush(name, str(value))


@worker_ready.connect(weak=False)
def _ready(**_: object) -> None:
    _push(READY, os.getpid())


@task_postrun.connect(weak=False)
def _done(args: tuple[object, ...] = (), **_: object) -> None:
    _push(DONE, args[0] if args else "")
