"""The write side of supervision: caseloads, and the access to schools that follows them."""

from supervision.actions.caseloads import (
    assign_principal,
    assign_school,
    end_assignment,
    end_caseload,
    hold_vacant,
    sync_all_grants,
    sync_grants,
)
from supervision.actions.following import Followed, follow_roster
from supervision.actions.roster import FromRoster, above_from_roster, caseloads_from_roster
from supervision.actions.span import set_span
from supervision.actions.weights import WeightsMoved, set_weights

__all__ = [
    "Followed",
    "FromRoster",
    "WeightsMoved",
    "above_from_roster",
    "assign_principal",
    "assign_school",
    "caseloads_from_roster",
    "end_assignment",
    "end_caseload",
    "follow_roster",
    "hold_vacant",
    "set_span",
    "set_weights",
    "sync_all_grants",
    "sync_grants",
]
