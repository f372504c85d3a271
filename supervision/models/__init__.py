"""Principal supervisors' own rows: whom they support, and what was computed about each caseload."""

from supervision.models.caseloads import CaseloadAssignment
from supervision.models.snapshots import CASELOAD_RUN, CaseloadSchool, CaseloadSummary, Span

__all__ = ["CASELOAD_RUN", "CaseloadAssignment", "CaseloadSchool", "CaseloadSummary", "Span"]
