"""The states of an upload by whose turn it is."""

from alignment_dash.runs.models import UploadState

OPEN = [UploadState.RECEIVED, UploadState.VALIDATING, UploadState.APPLYING]
# A person's.
WAITING = [UploadState.PLANNED, UploadState.HELD]
APPLIED = [UploadState.APPLIED, UploadState.APPLIED_WITH_MESSAGES]
