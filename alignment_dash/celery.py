"""The Celery application. A message is only a doorbell: the durable queue is `runs.Run`."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "alignment_dash.settings")
# Many small matrices: with a thread per core the numerics wait for each other. Read when numpy is imported.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

app = Celery("alignment_dash", task_cls="alignment_dash.access.actor:ActingTask")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
