"""The solution agrees with statsmodels at the variance components that statsmodels found."""

import warnings

import numpy as np
import pytest

from instruction.capacity import Roster
from instruction.capacity.data import Components, Spread
from tests.instruction.capacity.districts import ratings_of, solved, targets_of


def crossed_ratings():
    """Six schools, five teachers each, six raters who visit everywhere: a connected design of outsiders."""
    rng = np.random.default_rng(3)
    school_effect, rater_effect = rng.normal(0, 0.5, 6), rng.normal(0, 0.5, 6)
    rows, observation = [], 0
    for school in range(6):
        for teacher in range(5):
            skill = rng.normal(0, 0.5)
            for rater in rng.choice(6, 3, replace=False):
                pair = rng.normal(0, 0.5)
                for _ in range(2):
                    observation += 1
                    level = (
                        2.5 + school_effect[school] + skill + rater_effect[rater] + pair + rng.normal(0, 0.4)
                    )
                    rows.append(
                        (observation, int(rater), school * 10 + teacher, school, -1, 1, level, 0.0, True)
                    )
    return ratings_of(rows)


@pytest.mark.slow
def test_school_teacher_and_rater_effects_agree_with_mixedlm():
    # Seconds to import, in every test process.
    import pandas as pd
    import statsmodels.formula.api as smf

    ratings = crossed_ratings()
    frame = pd.DataFrame(
        {name: getattr(ratings, name) for name in ("rater", "teacher", "school", "level")}
    ).assign(all=1)
    parts = {
        "school": "0 + C(school)",
        "teacher": "0 + C(teacher)",
        "rater": "0 + C(rater)",
        "pair": "0 + C(teacher):C(rater)",
    }
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        oracle = smf.mixedlm("level ~ 1", frame, groups="all", vc_formula=parts).fit(reml=True)
        effects = oracle.random_effects[1]
    found = dict(zip(oracle.model.exog_vc.names, oracle.vcomp, strict=True))
    assert min(found.values()) > 0.01
    one = {name: Spread(value * 0.3, value * 0.7) for name, value in found.items()}
    components = Components(
        one["school"], one["teacher"], one["rater"], one["pair"], Spread(0.0, 0.01), Spread(0.0, oracle.scale)
    )
    teachers = np.unique(ratings.teacher)
    _, _, result = solved(ratings, Roster(teachers, teachers // 10), targets_of(range(6), [1]), components)

    mean = float(oracle.fe_params["Intercept"])
    assert result.components[0].mean == pytest.approx(mean, abs=1e-6)
    for rater in range(6):
        assert -result.rater[0][rater, 0] == pytest.approx(effects[f"rater[C(rater)[{rater}]]"], abs=1e-6)
    for row, teacher in enumerate(teachers):
        expected = mean + effects[f"school[C(school)[{teacher // 10}]]"]
        expected += effects[f"teacher[C(teacher)[{teacher}]]"]
        assert result.teacher[0][row, 0] == pytest.approx(expected, abs=1e-6)
