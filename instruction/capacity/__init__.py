"""Instructional capacity of schools from classroom ratings: arrays in, arrays out, numpy and scipy only."""

from instruction.capacity.data import (
    CapacityEstimate,
    DistrictEstimate,
    RaterEstimates,
    Ratings,
    Roster,
    Targets,
    TeacherEstimates,
    VarianceComponents,
)
from instruction.capacity.estimator import Estimator, estimate
from instruction.capacity.rules import Evidence, EvidenceRules

__all__ = [
    "CapacityEstimate",
    "DistrictEstimate",
    "Estimator",
    "Evidence",
    "EvidenceRules",
    "RaterEstimates",
    "Ratings",
    "Roster",
    "Targets",
    "TeacherEstimates",
    "VarianceComponents",
    "estimate",
]
