"""Pages of instruction."""

from instruction.views.aliases import (
    alias_change,
    alias_list,
    import_mapping_list,
    import_mapping_remove,
    observation_waiting,
    observation_waiting_resolve,
)
from instruction.views.audience import who_may_see, who_may_see_me
from instruction.views.capacity import capacity_export, capacity_map
from instruction.views.certainty import (
    certainty,
    certainty_completion,
    certainty_workbook,
    not_observed,
    observers,
)
from instruction.views.derivation import derivation
from instruction.views.district import district
from instruction.views.elements import element
from instruction.views.evidence_plan import evidence_plan, evidence_plan_export
from instruction.views.framework import framework, how_computed
from instruction.views.imports import observation_import_detail, observation_import_list
from instruction.views.observation_files import (
    observation_import_columns,
    observation_import_discard,
    observation_import_preview,
    observation_import_use_mapping,
    observation_import_values,
)
from instruction.views.persons import my_evidence
from instruction.views.school_plan import school_plan
from instruction.views.schools import school, school_export
from instruction.views.targets import targets, targets_export
from instruction.views.tiers import tiers, tiers_export

__all__ = [
    "alias_change",
    "alias_list",
    "capacity_export",
    "capacity_map",
    "certainty",
    "certainty_completion",
    "certainty_workbook",
    "derivation",
    "district",
    "element",
    "evidence_plan",
    "evidence_plan_export",
    "framework",
    "how_computed",
    "import_mapping_list",
    "import_mapping_remove",
    "my_evidence",
    "not_observed",
    "observation_import_columns",
    "observation_import_detail",
    "observation_import_discard",
    "observation_import_list",
    "observation_import_preview",
    "observation_import_use_mapping",
    "observation_import_values",
    "observation_waiting",
    "observation_waiting_resolve",
    "observers",
    "school",
    "school_export",
    "school_plan",
    "targets",
    "targets_export",
    "tiers",
    "tiers_export",
    "who_may_see",
    "who_may_see_me",
]
