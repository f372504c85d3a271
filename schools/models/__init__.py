"""The rostered district: places, people, who works and learns where, and what came from outside."""

from schools.models.account_rules import RoleAssignmentRule
from schools.models.feeds import FeedAuth, FeedKind, FeedPull, RosterFeed
from schools.models.imports import Intent, Origin, RosterImport, RosterWrite
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
from schools.models.leave import Leave
from schools.models.people import Identity, Person, StaffAssignment, StaffRole
from schools.models.places import District, Level, Org, OrgType, School
from schools.models.roster_rules import HandEdit, HoldLimits, RoleRule, WaitingRole
from schools.models.sources import ExternalId, Kind, SourceSystem

__all__ = [
    "AccountabilityTier",
    "Course",
    "District",
    "Enrollment",
    "ExternalId",
    "FeedAuth",
    "FeedKind",
    "FeedPull",
    "HandEdit",
    "HoldLimits",
    "Identity",
    "Intent",
    "Kind",
    "Leave",
    "Level",
    "Org",
    "OrgType",
    "Origin",
    "Outcome",
    "Person",
    "RoleAssignmentRule",
    "RoleRule",
    "RosterFeed",
    "RosterImport",
    "RosterWrite",
    "School",
    "Section",
    "SectionSession",
    "Session",
    "SourceSystem",
    "StaffAssignment",
    "StaffRole",
    "Student",
    "Teaching",
    "WaitingRole",
]
