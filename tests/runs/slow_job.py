"""A job for the worker process of test_worker.py: it says that it has begun and waits to be let go, over Redis."""

import redis
from celery.signals import worker_process_init
from django.conf import settings

from alignment_dash.runs import registry

BEGUN, GO = "slow-job-begun", "slow-job-go"
KIND = "slow-job"
LONGEST = 240


def perform(run, progress):
    queue = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=LONGEST + 10)
    queue.lpush(BEGUN, str(run.attempts))
    queue.blpop([GO], timeout=LONGEST)


JOB = registry.Job(kind=KIND, label="A slow job", perform=perform)
registry.register(JOB)
worker_process_init.connect(lambda **_: registry.register(JOB), weak=False)
