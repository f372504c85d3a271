"""The write side of supervision: caseloads, and the access to schools that follows them."""

from supervision.actions.caseloads import assign_principal, end_assignment, sync_all_grants, sync_grants
from supervision.actions.roster import FromRoster, caseloads_from_roster

__all__ = [
    "FromRoster",
    "assign_principal",
    "caseloads_from_roster",
    "end_assignment",
    "sync_all_grants",
    "sync_grants",
]
