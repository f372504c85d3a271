"""Pages of instruction."""

from instruction.views.capacity import capacity_export, capacity_map
from instruction.views.elements import element, how_computed
from instruction.views.imports import observation_import_detail, observation_import_list
from instruction.views.persons import my_evidence
from instruction.views.schools import school

__all__ = [
    "capacity_export",
    "capacity_map",
    "element",
    "how_computed",
    "my_evidence",
    "observation_import_detail",
    "observation_import_list",
    "school",
]
