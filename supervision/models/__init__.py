"""Principal supervisors' own rows: whom they support, how their time goes, and what was computed about caseloads."""

from supervision.models.balancing import (
    BalanceProposal,
    DistrictSpan,
    MoveState,
    NeedWeights,
    ProposalState,
    ProposedMove,
    SupervisorLimits,
)
from supervision.models.calendars import CalendarEvent, CalendarFeed, EventState
from supervision.models.caseloads import CaseloadAssignment
from supervision.models.growth import (
    BenchCandidate,
    ExpectedOpening,
    OpeningReason,
    Readiness,
    SupervisorSupport,
    SupportForm,
)
from supervision.models.snapshots import CASELOAD_RUN, CaseloadSchool, CaseloadSummary, Span
from supervision.models.timelog import (
    ConfirmedWeek,
    DayOffKind,
    EntryPrincipal,
    EntrySource,
    GoalKind,
    NonContactDay,
    TimeEntry,
    TimeGoal,
    TimePurpose,
)
from supervision.models.visits import Commitment, CommitmentBy, CommitmentState, Visit, VisitNote, VisitState

__all__ = [
    "CASELOAD_RUN",
    "BalanceProposal",
    "BenchCandidate",
    "CalendarEvent",
    "CalendarFeed",
    "CaseloadAssignment",
    "CaseloadSchool",
    "CaseloadSummary",
    "Commitment",
    "CommitmentBy",
    "CommitmentState",
    "ConfirmedWeek",
    "DayOffKind",
    "DistrictSpan",
    "EntryPrincipal",
    "EntrySource",
    "EventState",
    "ExpectedOpening",
    "GoalKind",
    "MoveState",
    "NeedWeights",
    "NonContactDay",
    "OpeningReason",
    "ProposalState",
    "ProposedMove",
    "Readiness",
    "Span",
    "SupervisorLimits",
    "SupervisorSupport",
    "SupportForm",
    "TimeEntry",
    "TimeGoal",
    "TimePurpose",
    "Visit",
    "VisitNote",
    "VisitState",
]
