"""An oracle that shares nothing with the product: generalized least squares with the full covariance matrix.

Best linear unbiased prediction from V = Z G Z' + R (Henderson 1975) over all ratings of all elements together:
for a target k'b + c'u with h = Z G c, the prediction is k'b + h'V^-1 (y - Xb) and its error variance
c'Gc - h'V^-1 h + (k - X'V^-1 h)'(X'V^-1 X)^-1 (k - X'V^-1 h).
"""

from collections.abc import Mapping

import numpy as np

from instruction.capacity import Ratings, Roster
from instruction.capacity.data import Components, Spread

Key = tuple[object, ...]
"""An effect and, last, its element: ("school", 3, 51)."""

HOME = Spread(0.0100, 0.0009)


class DenseModel:
    """A district; terms of a prediction are named by keys. Terms without the element: effects of `_line`."""

    def __init__(self, ratings: Ratings, roster: Roster, elements: tuple[int, ...], c: Components) -> None:
        self.elements = elements
        spreads = {
            "home": HOME, "school": c.school, "teacher": c.teacher, "rater": c.rater,
            "pair": c.teacher_rater, "culture": c.culture,
        }  # fmt: skip
        rows = [i for i in range(len(ratings.level)) if int(ratings.element[i]) in elements]
        lines = [_line(ratings, i) for i in rows]
        effects = {key for line in lines for key in line} | {("home",)}
        for teacher, school in zip(roster.teacher.tolist(), roster.school.tolist(), strict=True):
            effects |= {("teacher", teacher, school), ("school", school)}
        random = sorted((key for key in effects if key[0] in spreads), key=str)
        self.column = {(*key, e): j for j, (key, e) in enumerate((k, e) for k in random for e in elements)}
        n = len(elements)
        self.g = np.zeros((len(self.column), len(self.column)))
        for j, key in enumerate(random):
            spread = spreads[str(key[0])]
            self.g[j * n : j * n + n, j * n : j * n + n] = spread.general + spread.specific * np.eye(n)
        self._tie_cultures(c)
        fixed = sorted(
            {(*k, int(ratings.element[i])) for i, line in zip(rows, lines, strict=True) for k in line
             if k[0] not in spreads}, key=str,
        )  # fmt: skip
        self.x_column = {key: j for j, key in enumerate(fixed)}
        x, z = np.zeros((len(rows), len(fixed))), np.zeros((len(rows), len(self.column)))
        y, noise = np.zeros(len(rows)), np.zeros((len(rows), len(rows)))
        for a, (i, line) in enumerate(zip(rows, lines, strict=True)):
            element = int(ratings.element[i])
            y[a] = ratings.level[i] - (0.05 if ("home",) in line else 0.0)
            for key in line:
                matrix, columns = (z, self.column) if key[0] in spreads else (x, self.x_column)
                matrix[a, columns[(*key, element)]] = 1.0
            for b, k in enumerate(rows):
                if ratings.observation[i] == ratings.observation[k]:
                    shared = c.noise.general + c.noise.specific * (i == k)
                    noise[a, b] = shared * (1 + 0.10 * ratings.age[i])
        self.zg, self.x = z @ self.g, x
        self.inverse = np.linalg.inv(self.zg @ z.T + noise)
        self.information = np.linalg.inv(x.T @ self.inverse @ x)
        self.b = self.information @ x.T @ self.inverse @ y
        self.residual = y - x @ self.b

    def _tie_cultures(self, c: Components) -> None:
        """What a school's own raters share is kindness * school + what is left."""
        b = c.kindness.mean
        for key, i in self.column.items():
            for other, j in self.column.items():
                if key[0] == "culture" and other[0] in ("culture", "school") and key[1] == other[1]:
                    shared = c.school.general + c.school.specific * (key[2] == other[2])
                    if other[0] == "school":
                        self.g[i, j] = self.g[j, i] = b * shared
                    else:
                        self.g[i, j] += b * b * shared

    def predict(self, weights: Mapping[Key, float]) -> tuple[float, float]:
        """Prediction and error variance of a weighted sum of terms."""
        c, k = self._vectors(weights)
        h = self.zg @ c
        left = k - self.x.T @ self.inverse @ h
        value = k @ self.b + h @ self.inverse @ self.residual
        error = c @ self.g @ c - h @ self.inverse @ h + left @ self.information @ left
        return float(value), float(error)

    def before(self, weights: Mapping[Key, float]) -> float:
        """Variance of the random terms before any rating."""
        c, _ = self._vectors(weights)
        return float(c @ self.g @ c)

    def covariance(self, one: Mapping[Key, float], other: Mapping[Key, float]) -> float:
        """Error covariance of two sums of terms."""
        both = {key: one.get(key, 0.0) + other.get(key, 0.0) for key in {*one, *other}}
        return (self.predict(both)[1] - self.predict(one)[1] - self.predict(other)[1]) / 2

    def _vectors(self, weights: Mapping[Key, float]) -> tuple[np.ndarray, np.ndarray]:
        c, k = np.zeros(len(self.column)), np.zeros(len(self.x_column))
        for key, weight in weights.items():
            if key in self.column:
                c[self.column[key]] += weight
            else:
                k[self.x_column[key]] += weight
        return c, k

    def capacity(self, roster: Roster, school: int, element: int, scale: float = 1.0) -> dict[Key, float]:
        """The terms of a school's capacity: mean + school + mean of its current teachers."""
        here = [int(t) for t, s in zip(roster.teacher, roster.school, strict=True) if s == school]
        weights: dict[Key, float] = {("mean", element): scale, ("school", school, element): scale}
        for teacher in here:
            weights[("teacher", teacher, school, element)] = scale / len(here)
        return weights

    def mean_of(self, roster: Roster, weights: Mapping[int, float], element: int) -> dict[Key, float]:
        """The terms of a weighted sum of schools' capacities."""
        total: dict[Key, float] = {}
        for school, weight in weights.items():
            for key, value in self.capacity(roster, school, element, weight).items():
                total[key] = total.get(key, 0.0) + value
        return total


def _line(ratings: Ratings, i: int) -> list[Key]:
    """The terms of a rating, without its element."""
    rater, teacher = int(ratings.rater[i]), int(ratings.teacher[i])
    school, video = int(ratings.school[i]), int(ratings.video[i])
    if video != -1:
        return [("rater", rater), ("video", video), ("pair", "video", video, rater)]
    own = not ratings.external[i]
    line: list[Key] = [("rater", rater), ("mean",), ("school", school), ("teacher", teacher, school)]
    line.append(("pair", teacher, school, rater, own))
    return [*line, ("home",), ("culture", school)] if own else line
