"""Reads of capacity and evidence. Each takes the caller's scope and makes a constant number of queries."""

from instruction.queries.audience import Audience, audience_of_person, audience_of_school
from instruction.queries.capacity_map import CapacityMap, SchoolLine, capacity_map, schools_per_page
from instruction.queries.cells import Cell, interval
from instruction.queries.certainty_page import CertaintyPage, certainty_page
from instruction.queries.derivation import DerivationPage, derivation_page
from instruction.queries.derivation_steps import Part, Step, Steps
from instruction.queries.district_page import DistrictPage, GroupFigure, GroupLine, district_page
from instruction.queries.element_page import ElementPage, element_page
from instruction.queries.elements import Column, ElementStats
from instruction.queries.evidence_plan import EvidencePlan, evidence_plan
from instruction.queries.framework_page import FrameworkPage, framework_page
from instruction.queries.my_evidence import LessonSeen, my_evidence
from instruction.queries.not_observed import NotObservedPage, not_observed_page
from instruction.queries.observers import ObserversPage, observers_page
from instruction.queries.ratings_behind import RatingBehind, RatingsBehind, ratings_behind
from instruction.queries.school_page import SchoolPage, TeacherLine, school_is_visible, school_page
from instruction.queries.standing import Standing, standing
from instruction.queries.tiers_page import TierLine, TiersPage, tiers_page

__all__ = [
    "Audience",
    "CapacityMap",
    "Cell",
    "CertaintyPage",
    "Column",
    "DerivationPage",
    "DistrictPage",
    "ElementPage",
    "ElementStats",
    "EvidencePlan",
    "FrameworkPage",
    "GroupFigure",
    "GroupLine",
    "LessonSeen",
    "NotObservedPage",
    "ObserversPage",
    "Part",
    "RatingBehind",
    "RatingsBehind",
    "SchoolLine",
    "SchoolPage",
    "Standing",
    "Step",
    "Steps",
    "TeacherLine",
    "TierLine",
    "TiersPage",
    "audience_of_person",
    "audience_of_school",
    "capacity_map",
    "certainty_page",
    "derivation_page",
    "district_page",
    "element_page",
    "evidence_plan",
    "framework_page",
    "interval",
    "my_evidence",
    "not_observed_page",
    "observers_page",
    "ratings_behind",
    "school_is_visible",
    "school_page",
    "schools_per_page",
    "standing",
    "tiers_page",
]
