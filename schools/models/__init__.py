"""The rostered district: places, people, who works and learns where, and what came from outside."""

from schools.models.imports import RosterImport
from schools.models.learning import (
    AccountabilityTier,
    Course,
    Enrollment,
    Outcome,
    Section,
    SectionSession,
    Session,
    Student,
    Teaching,
)
from schools.models.people import Identity, Person, StaffAssignment, StaffRole
from schools.models.places import District, Level, Org, OrgType, School
from schools.models.sources import ExternalId, Kind, SourceSystem

__all__ = [
    "AccountabilityTier",
    "Course",
    "District",
    "Enrollment",
    "ExternalId",
    "Identity",
    "Kind",
    "Level",
    "Org",
    "OrgType",
    "Outcome",
    "Person",
    "RosterImport",
    "School",
    "Section",
    "SectionSession",
    "Session",
    "SourceSystem",
    "StaffAssignment",
    "StaffRole",
    "Student",
    "Teaching",
]
