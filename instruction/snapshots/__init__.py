"""From evidence to a snapshot: read arrays from the database, estimate, write rows that carry their run.

Every run has a basis. What is told of schools, groups and the district comes from all evidence. What is told of a
teacher comes from evaluative evidence alone, by a job with runs and publications of its own.
"""

from enum import StrEnum


class Basis(StrEnum):
    """Which ratings a run saw."""

    ALL = "all"
    EVALUATIVE = "evaluative"


KIND = "capacity"
KIND_OF_PERSONS = "capacity-of-persons"
KIND_OF_TERMS = "capacity-of-terms"
