"""Rosters taken in."""

from django.db import models

from alignment_dash.runs.models import Upload


class RosterImport(Upload):
    """A OneRoster bundle taken in.

    `groups` are the findings by root cause, errors first: dictionaries with code, level, message, count,
    files (file -> count) and first (file, row, column of the first places). `unmatched` maps role words
    without a counterpart here to how often they came.
    """

    version = models.CharField(max_length=8, blank=True, default="")
    source = models.CharField(max_length=255, blank=True, default="")
    groups = models.JSONField(default=list)
    unmatched = models.JSONField(default=dict)
