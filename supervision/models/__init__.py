"""Principal supervisors' own rows: whom they support, and what was computed about each caseload."""

from supervision.models.caseloads import CaseloadAssignment
from supervision.models.snapshots import CaseloadSchool, CaseloadSummary, Span

__all__ = ["CaseloadAssignment", "CaseloadSchool", "CaseloadSummary", "Span"]
