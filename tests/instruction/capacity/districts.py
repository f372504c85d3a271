"""Small districts for the capacity tests."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from instruction.capacity import Ratings, Roster, Targets
from instruction.capacity.cells import tabulate
from instruction.capacity.data import Components, Spread
from instruction.capacity.figures import Figures, figures_of
from instruction.capacity.frame import Frame, build_frame
from instruction.capacity.joint import Posterior, reduce, solve

Row = tuple[int, int, int, int, int, int, float, float, bool]
"""observation, rater, teacher, school, video, element, level, age, external"""

COMPONENTS = Components(
    school=Spread(0.024, 0.006),
    teacher=Spread(0.062, 0.018),
    rater=Spread(0.015, 0.005),
    teacher_rater=Spread(0.030, 0.010),
    culture=Spread(0.008, 0.002),
    noise=Spread(0.070, 0.130),
)


def ratings_of(rows: Sequence[Row]) -> Ratings:
    """Ratings from rows; the day is 20000 less the age."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * 9
    ints = [np.array(column, dtype=np.int64) for column in columns[:6]]
    age = np.array(columns[7], dtype=np.float64)
    return Ratings(
        *ints,
        level=np.array(columns[6], dtype=np.float64),
        age=age,
        external=np.array(columns[8], dtype=bool),
        day=(20000 - np.round(age * 365.25)).astype(np.int32),
    )


def reorder(ratings: Ratings, order: np.ndarray) -> Ratings:
    """The same ratings in another order."""
    return Ratings(*(getattr(ratings, name)[order] for name in Ratings.__slots__))


def with_levels(ratings: Ratings, level: np.ndarray) -> Ratings:
    """The same ratings with other levels."""
    return replace(ratings, level=level)


def targets_of(schools: Sequence[int], elements: Sequence[int], target: float = 3.0) -> Targets:
    """One target everywhere."""
    return Targets(
        np.array(elements, dtype=np.int64),
        np.array(schools, dtype=np.int64),
        np.full((len(schools), len(elements)), target),
    )


def solved(
    ratings: Ratings, roster: Roster, targets: Targets, components: Components, *, always_whole: bool = False
) -> tuple[Frame, Posterior, Figures]:
    """The model solved at known variances for the elements with a rating; all schools' figures are shown."""
    table, levels = tabulate(ratings, targets.elements)
    rated = ~np.isnan(levels).all(axis=0)
    some = replace(targets, elements=targets.elements[rated], target=targets.target[:, rated])
    frame = build_frame(table, levels[:, rated], roster, some)
    posterior = solve(reduce(frame, components, always_whole=always_whole), components)
    shown = np.ones((len(frame.size), int(rated.sum())), dtype=bool)
    return frame, posterior, figures_of(frame, posterior, shown)


def tangled_district(seed: int = 7, share_rated: float = 0.5) -> tuple[Ratings, Roster, Targets]:
    """Eight schools with all that can be odd: missing elements, islands, videos, leavers, unrated teachers.

    Schools 1-5 are tied by visits and videos, 6 and 7 are islands, 8 has no rating. Teacher 201 teaches in
    schools 2 and 3. Rater 900 rates videos only, rater 15 moved from school 1 to 5, video 3 was rated in
    school 4 alone. Elements 51 and 52 are rated half of the time, or `share_rated`; 53 never.
    """
    rng = np.random.default_rng(seed)
    rows: list[Row] = []
    observation = 0

    def rate(rater: int, teacher: int, school: int, video: int, external: bool) -> None:
        nonlocal observation
        observation += 1
        age = float(np.round(rng.uniform(0, 2), 2))
        for element in (50, 51, 52):
            if element == 50 or rng.random() < share_rated:
                level = float(rng.integers(1, 5))
                rows.append((observation, rater, teacher, school, video, element, level, age, external))

    for school in range(1, 8):
        for number in range(8):
            if number % 4 == 3:
                continue
            for _ in range(int(rng.integers(1, 4))):
                rate(school * 10 + int(rng.integers(0, 2)), school * 100 + number, school, -1, False)
            if school <= 5 and number % 3 == 0:
                rate((school % 5 + 1) * 10, school * 100 + number, school, -1, True)
    for _ in range(2):
        rate(30, 201, 3, -1, False)
        rate(15, 100, 1, -1, False)
        rate(15, 501, 5, -1, False)
        rate(20, 299, 2, -1, False)
    for video, raters in ((1, (10, 11, 20, 31, 900)), (2, (40, 50, 900)), (3, (41,))):
        for rater in raters:
            rate(rater, -1, -1, video, False)
    spells = [(s * 100 + n, s) for s in range(1, 9) for n in range(8)] + [(201, 3)]
    teacher, school_of = (np.array(side, dtype=np.int64) for side in zip(*spells, strict=True))
    return ratings_of(rows), Roster(teacher, school_of), targets_of(range(1, 9), (50, 51, 52, 53))
