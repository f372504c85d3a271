"""Write principals' figures as rows of their run, and what the run says of itself."""

from collections.abc import Collection, Iterator
from dataclasses import asdict, fields

import numpy as np

from alignment_dash.runs.models import Run
from instruction.capacity import CapacityEstimate
from instruction.capacity.data import Spread
from instruction.leadership.figures import PrincipalFigures
from instruction.leadership.reading import LeadershipEvidence
from instruction.models import PrincipalCapacity
from instruction.snapshots.copying import day_of

_FLOATS = ("estimate", "se", "p_below", "reliability")


def write_principals(run: Run, evidence: LeadershipEvidence, figures: PrincipalFigures) -> None:
    """Write a row for every principal of the day and element; protected rows must be open."""
    PrincipalCapacity.objects.bulk_create(_rows(run, evidence, figures), batch_size=2_000)


def _rows(run: Run, evidence: LeadershipEvidence, figures: PrincipalFigures) -> Iterator[PrincipalCapacity]:
    elements = evidence.targets.elements.tolist()
    for p, principal in enumerate(evidence.principals):
        for e, element in enumerate(elements):
            last = int(figures.last_day[p, e])
            yield PrincipalCapacity(
                run=run,
                principal_id=principal,
                school_id=evidence.schools[p],
                element_id=element,
                evidence=int(figures.evidence[p, e]),
                target=_known(evidence.target[p, e]),
                expected_below=_known(figures.shortfall[p, e]),
                n_observations=int(figures.n_observations[p, e]),
                n_raters=int(figures.n_raters[p, e]),
                last_seen=None if last < 0 else day_of(last),
                **{name: _known(getattr(figures, name)[p, e]) for name in _FLOATS},
            )


def _known(value: float) -> float | None:
    """Return a figure as the database keeps it: nothing for nan."""
    return None if np.isnan(value) else round(float(value), 4)


def facts_of(
    evidence: LeadershipEvidence, result: CapacityEstimate, figures: PrincipalFigures
) -> dict[str, object]:
    """Return what the page of how it is computed says of a run.

    `confounded`: ids of networks (0: schools of none) whose observers rated nowhere else, and nobody else there;
    `one_rater`: of those that one observer alone has rated.
    """
    ratings = evidence.ratings
    seen = figures.n_observations.sum(axis=1) > 0
    groups = np.array(evidence.groups, dtype=np.int64)
    spread = result.spread
    return {
        "n_ratings": len(ratings.level),
        "n_observations": len(np.unique(ratings.observation)),
        "n_raters": len(np.unique(ratings.rater)),
        "n_principals": len(groups),
        "n_principals_seen": int(seen.sum()),
        "left_out": evidence.left_out,
        "confounded": np.unique(groups[seen & ~figures.comparable]).tolist(),
        "one_rater": np.unique(groups[seen & (figures.n_group_raters == 1)]).tolist(),
        "spread": None
        if spread is None
        else {
            part.name: {name: round(float(value), 5) for name, value in asdict(one).items()}
            for part in fields(spread)
            if isinstance(one := getattr(spread, part.name), Spread)
        },
    }


def delete_rows(run_ids: Collection[int]) -> None:
    """Delete the rows of runs, not the runs; protected rows must be open."""
    PrincipalCapacity.objects.filter(run__in=run_ids)._raw_delete(using="default")
