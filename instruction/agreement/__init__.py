"""How far people agree who rate the same lessons: shares and kappas, with intervals; it knows no database.

Levels are whole numbers from 1; nan is not seen. What cannot be said is None with a reason, never 0.
"""

from instruction.agreement.interval import FEWEST_UNITS
from instruction.agreement.measures import Agreement, Measure, among, between, of_tables
from instruction.agreement.statistics import adjacent, exact, kappa
from instruction.agreement.tables import pair_tables, reference_tables, two_raters

__all__ = [
    "FEWEST_UNITS",
    "Agreement",
    "Measure",
    "adjacent",
    "among",
    "between",
    "exact",
    "kappa",
    "of_tables",
    "pair_tables",
    "reference_tables",
    "two_raters",
]
