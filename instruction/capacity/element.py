"""One element of a district: from ratings and variance components to every figure."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

from instruction.capacity.blocks import Layout, build_layout
from instruction.capacity.cells import Cells, ElementRatings, Observations, build_cells
from instruction.capacity.data import (
    BoolArray,
    DistrictEstimate,
    FloatArray,
    IntArray,
    Roster,
    Targets,
    VarianceComponents,
)
from instruction.capacity.derive import capacity, contrasts, district_estimate, expected_below
from instruction.capacity.effects import rater_effects, teacher_effects, unit_effects
from instruction.capacity.grouping import find, group_size
from instruction.capacity.solve import CellPairs, home_prior, pair_cells, reduce_element, solve
from instruction.capacity.unknowns import Kind


@dataclass(frozen=True, slots=True)
class Frame:
    """What all elements share. Schools are those of `cells`."""

    table: Observations
    cells: Cells
    layout: Layout
    pairs: CellPairs
    size: IntArray  # (schools,) current roster
    row: IntArray  # (S,) school of each school of the targets; -1 = neither roster nor ratings
    asked: BoolArray  # (schools,) is in the targets
    target: FloatArray  # (schools, E)
    groups: BoolArray  # (G, schools)
    points: float  # length of the scale


@dataclass(frozen=True, slots=True)
class ElementResult:
    """Figures of one element by school, by spell and by rater of the cells."""

    columns: dict[str, FloatArray]  # arrays of CapacityEstimate by name; nan where not shown
    teacher: tuple[FloatArray, FloatArray]  # mean and standard error per spell
    rater: tuple[FloatArray, FloatArray]  # severity and standard error per rater
    components: VarianceComponents
    district: DistrictEstimate
    groups: list[DistrictEstimate]


def build_frame(table: Observations, roster: Roster, targets: Targets) -> Frame:
    """Index everything that does not depend on the element."""
    cells = build_cells(table, roster)
    layout = build_layout(cells)
    n_schools = len(cells.school_ids)
    row = find(cells.school_ids, targets.schools)
    known = row >= 0
    asked = np.zeros(n_schools, dtype=bool)
    asked[row[known]] = True
    target = np.full((n_schools, len(targets.elements)), np.nan)
    target[row[known]] = targets.target[known]
    groups = np.zeros((len(targets.groups), n_schools), dtype=bool)
    if len(groups):
        groups[:, row[known]] = targets.groups[:, known]
    return Frame(
        table=table,
        cells=cells,
        layout=layout,
        pairs=pair_cells(cells, layout),
        size=group_size(cells.roster_school, n_schools),
        row=row,
        asked=asked,
        target=target,
        groups=groups,
        points=targets.scale_max - targets.scale_min,
    )


def solve_element(
    frame: Frame,
    ratings: ElementRatings,
    components: VarianceComponents,
    target: FloatArray,
    shown: BoolArray,
) -> ElementResult:
    """Figures of one element at given variance components, for the `shown` schools of the cells."""
    cells, layout = frame.cells, frame.layout
    reduced = reduce_element(frame.table, ratings, cells, layout, frame.pairs, components)
    posterior = solve(layout, reduced, components, home_prior(frame.points))
    units = unit_effects(layout, posterior)
    teachers = teacher_effects(cells, layout, frame.pairs, reduced, units)
    schools = capacity(cells, layout, reduced, units, posterior, components)
    at = slice(len(cells.school_ids))
    level = (
        reduced.offset + units.mean[layout.level_at[at]],
        units.covariance[layout.level_pairs[at]] + components.teacher,
    )
    prior = components.school + components.teacher / np.maximum(frame.size, 1)
    se = np.sqrt(schools.variance)
    contrast, reliability = contrasts(layout, posterior, schools, shown, prior)
    leniency, leniency_variance = rater_effects(layout, posterior)
    columns = {
        "estimate": schools.mean,
        "se": se,
        "se_contrast": contrast,
        "gap": target - schools.mean,
        "p_below": ndtr((target - schools.mean) / se),
        "expected_below": expected_below(cells, target, teachers, level),
        "reliability": reliability,
    }
    return ElementResult(
        columns={name: np.where(shown, values, np.nan) for name, values in columns.items()},
        teacher=(teachers[0], np.sqrt(teachers[1])),
        rater=(0.0 - leniency, np.sqrt(leniency_variance)),
        components=replace(
            components,
            mean=reduced.offset + float(posterior.border[Kind.MEAN]),
            home_shift=float(posterior.border[Kind.HOME]),
        ),
        district=district_estimate(layout, posterior, schools, shown, frame.size),
        groups=[
            district_estimate(layout, posterior, schools, shown & group, frame.size) for group in frame.groups
        ],
    )
