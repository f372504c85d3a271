"""What good teaching is, the evidence of it, and what was computed from that evidence."""

from instruction.models.behind import RatingsBehind
from instruction.models.capacity import (
    DistrictCapacity,
    EvidenceClass,
    GroupCapacity,
    RaterSeverity,
    SchoolCapacity,
    SuggestedVisit,
    TeacherCapacity,
    VisitingObserver,
)
from instruction.models.completion import ObservationCompletion
from instruction.models.evidence import (
    CalibrationVideo,
    Observation,
    ObservationImport,
    ObservationKind,
    Purpose,
    Rating,
)
from instruction.models.framework import (
    Competency,
    Dimension,
    Element,
    ElementVersion,
    Framework,
    FrameworkKind,
    FrameworkVersion,
    LevelDescriptor,
    Proximity,
    SchoolTarget,
    Target,
    VersionState,
)
from instruction.models.products import Alias, ImportMapping, UnmatchedValue, ValueKind

__all__ = [
    "Alias",
    "CalibrationVideo",
    "Competency",
    "Dimension",
    "DistrictCapacity",
    "Element",
    "ElementVersion",
    "EvidenceClass",
    "Framework",
    "FrameworkKind",
    "FrameworkVersion",
    "GroupCapacity",
    "ImportMapping",
    "LevelDescriptor",
    "Observation",
    "ObservationCompletion",
    "ObservationImport",
    "ObservationKind",
    "Proximity",
    "Purpose",
    "RaterSeverity",
    "Rating",
    "RatingsBehind",
    "SchoolCapacity",
    "SchoolTarget",
    "SuggestedVisit",
    "Target",
    "TeacherCapacity",
    "UnmatchedValue",
    "ValueKind",
    "VersionState",
    "VisitingObserver",
]
