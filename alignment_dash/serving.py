"""Configuration of gunicorn, in production and in the demo: `gunicorn -c python:alignment_dash.serving ...`."""

from pathlib import Path

from alignment_dash import env

wsgi_app = "alignment_dash.wsgi:application"
bind = env.text("WEB_BIND", "0.0.0.0:8000")
workers = env.whole("WEB_WORKERS", 2)
# Threads, not more processes: a page waits for the database most of the time. Each thread keeps one
# connection (DATABASE_CONN_MAX_AGE), so PostgreSQL must allow workers x threads of them.
worker_class = "alignment_dash.patience.PatientWorker"
threads = env.whole("WEB_THREADS", 4)
preload_app = True
timeout = 60
graceful_timeout = 20
keepalive = 5
# Fresh processes now and then, not all at once, so that fragmented memory is given back.
max_requests = 5000
max_requests_jitter = 500
# gunicorn would open a socket in the home folder through which it takes orders; nobody here gives any.
control_socket_disable = True
# The heartbeat file must not wait for a slow disk.
MEMORY = "/dev/shm"  # noqa: S108 - gunicorn makes an unnamed file in it
worker_tmp_dir = MEMORY if Path(MEMORY).is_dir() else None
accesslog = "-"
# What a request may be before the application sees it.
limit_request_line = 4094
limit_request_fields = 60
limit_request_field_size = 8190
# Lines of the server itself pass the same formatter as all others, which masks what signs in.
_LINES = {"class": "logging.StreamHandler", "formatter": "line"}
logconfig_dict = {
    "formatters": {
        "line": {
            "()": "alignment_dash.logs.Formatter",
            "format": "%(asctime)s %(levelname)s %(name)s %(message)s",
        },
        "access": {"()": "alignment_dash.logs.Formatter", "format": "%(message)s"},
    },
    "handlers": {
        "error": _LINES | {"stream": "ext://sys.stderr"},
        "access": _LINES | {"formatter": "access", "stream": "ext://sys.stdout"},
    },
    "root": {"level": "INFO", "handlers": ["error"]},
    "loggers": {
        "gunicorn.error": {"level": "INFO", "handlers": ["error"], "propagate": False},
        "gunicorn.access": {"level": "INFO", "handlers": ["access"], "propagate": False},
    },
}
access_log_format = "%(t)s %(s)s %(M)sms %(B)s %(m)s %(U)s"
