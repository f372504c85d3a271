"""The shell: settings, Celery, access, runs and the parts of pages that every app shares."""

from alignment_dash.celery import app as celery_app

__all__ = ["celery_app"]
__version__ = "0.1.0"
