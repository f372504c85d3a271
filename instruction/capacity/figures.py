"""From a posterior to every figure of a school, a teacher, a rater and the district."""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr

from instruction.capacity.data import (
    BoolArray,
    Components,
    Derivation,
    DistrictEstimate,
    FloatArray,
    VarianceComponents,
)
from instruction.capacity.derivation import derive_steps
from instruction.capacity.derive import Capacities, contrasts, district_estimates
from instruction.capacity.frame import Frame
from instruction.capacity.joint import People, Posterior
from instruction.capacity.stacks import summed


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures by school, spell and rater of the frame's cells, and element."""

    columns: dict[str, FloatArray]  # (schools, E) arrays of CapacityEstimate by name; nan where not shown
    teacher: tuple[FloatArray, FloatArray]  # (spells, E) mean and standard error
    rater: tuple[FloatArray, FloatArray]  # (raters, E) severity and standard error
    components: list[VarianceComponents]  # per element
    district: list[DistrictEstimate]  # per element
    groups: list[list[DistrictEstimate]]  # per element and group
    derivation: Derivation  # (schools, E)
    capacities: Capacities


def figures_of(frame: Frame, posterior: Posterior, shown: BoolArray) -> Figures:
    """All figures for the `shown` (schools, E)."""
    schools, people, raters = posterior.capacities(), posterior.people(), posterior.raters()
    components = posterior.components
    se, gap = np.sqrt(schools.variance), frame.target - schools.mean
    prior = components.school.total + components.teacher.total / np.maximum(frame.size, 1)
    contrast, reliability = contrasts(schools, shown, prior)
    columns = {
        "estimate": schools.mean,
        "se": se,
        "se_contrast": contrast,
        "gap": gap,
        "p_below": ndtr(gap / se),
        "expected_below": _expected_below(frame, people),
        "reliability": reliability,
    }
    of_groups = [district_estimates(schools, shown & group[:, None], frame.size) for group in frame.groups]
    return Figures(
        columns={name: np.where(shown, values, np.nan) for name, values in columns.items()},
        teacher=(people.mean, np.sqrt(people.variance)),
        rater=(0.0 - raters.mean, np.sqrt(np.einsum("nii->ni", raters.covariance))),
        components=_by_element(components, posterior),
        district=district_estimates(schools, shown, frame.size),
        groups=[[group[e] for group in of_groups] for e in range(frame.levels.shape[1])],
        derivation=derive_steps(frame, posterior, shown),
        capacities=schools,
    )


def _by_element(components: Components, posterior: Posterior) -> list[VarianceComponents]:
    c = components
    return [
        VarianceComponents(
            school=c.school.total,
            teacher=c.teacher.total,
            rater=c.rater.total,
            teacher_rater=c.teacher_rater.total,
            culture=c.culture.total,
            residual=c.noise.total,
            home_shift=float(home),
            mean=float(mean),
        )
        for home, mean in zip(posterior.home_shift(), posterior.means(), strict=True)
    ]


def _expected_below(frame: Frame, people: People) -> FloatArray:
    """Expected number of current teachers below their school's target: sum of normal probabilities."""
    cells = frame.cells
    rated, school = cells.roster_spell >= 0, cells.roster_school
    mean, variance = people.unseen[school], people.unseen_variance[school]
    mean[rated] = people.mean[cells.roster_spell[rated]]
    variance[rated] = people.variance[cells.roster_spell[rated]]
    below = ndtr((frame.target[school] - mean) / np.sqrt(variance))
    return summed(school, below, len(cells.school_ids))
