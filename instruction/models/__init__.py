"""What good teaching is, the evidence of it, and what was computed from that evidence."""

from instruction.models.capacity import (
    DistrictCapacity,
    EvidenceClass,
    GroupCapacity,
    RaterSeverity,
    SchoolCapacity,
    TeacherCapacity,
)
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
    "ObservationImport",
    "ObservationKind",
    "Proximity",
    "Purpose",
    "RaterSeverity",
    "Rating",
    "SchoolCapacity",
    "Target",
    "TeacherCapacity",
    "UnmatchedValue",
    "ValueKind",
    "VersionState",
]
