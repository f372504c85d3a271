"""What good teaching is, the evidence of it, and what was computed from that evidence."""

from instruction.models.capacity import (
    DistrictCapacity,
    EvidenceClass,
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

__all__ = [
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
    "VersionState",
]
