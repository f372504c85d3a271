"""An oracle that shares nothing with the product: generalized least squares with the full covariance matrix.

Best linear unbiased prediction from V = Z G Z' + R (Henderson 1975): for a target k'b + c'u with h = Z G c,
the prediction is k'b + h'V^-1 (y - Xb) and its error variance
c'Gc - h'V^-1 h + (k - X'V^-1 h)'(X'V^-1 X)^-1 (k - X'V^-1 h).
"""

from collections.abc import Mapping

import numpy as np

from instruction.capacity import Ratings, Roster, VarianceComponents

Key = tuple[object, ...]


class DenseModel:
    """One element of a district; terms of a prediction are named by keys."""

    def __init__(self, ratings: Ratings, roster: Roster, element: int, c: VarianceComponents) -> None:
        rows = np.flatnonzero(ratings.element == element)
        self.variance: dict[Key, float] = {("home",): 0.1044**2}
        fixed: list[Key] = []
        terms: list[list[Key]] = []
        own_rows = []
        for i in rows:
            rater, teacher = int(ratings.rater[i]), int(ratings.teacher[i])
            school, video = int(ratings.school[i]), int(ratings.video[i])
            own = video == -1 and not ratings.external[i]
            line: list[Key] = [("rater", rater)]
            self.variance[("rater", rater)] = c.rater
            if video == -1:
                line += [("mean",), ("school", school), ("teacher", teacher, school)]
                line.append(("pair", teacher, school, rater, own))
                if own:
                    line += [("home",), ("culture", school)]
            else:
                line += [("video", video), ("pair", "video", video, rater)]
            terms.append(line)
            own_rows.append(own)
        for teacher, school in zip(roster.teacher, roster.school, strict=True):
            self.variance[("teacher", int(teacher), int(school))] = c.teacher
            self.variance[("school", int(school))] = c.school
        by_name = {"school": c.school, "teacher": c.teacher, "pair": c.teacher_rater, "culture": c.culture}
        for key in {key for line in terms for key in line}:
            if key[0] in by_name:
                self.variance[key] = by_name[str(key[0])]
            elif key[0] in ("mean", "video"):
                fixed.append(key)
        self.fixed = sorted(fixed, key=str)
        self.random = sorted(self.variance, key=str)
        column = {key: j for j, key in enumerate(self.random)}
        x_column = {key: j for j, key in enumerate(self.fixed)}
        x = np.zeros((len(rows), len(self.fixed)))
        z = np.zeros((len(rows), len(self.random)))
        for i, line in enumerate(terms):
            for key in line:
                if key in column:
                    z[i, column[key]] = 1.0
                else:
                    x[i, x_column[key]] = 1.0
        self.g = np.array([self.variance[key] for key in self.random])
        noise = c.residual * (1 + 0.10 * ratings.age[rows])
        inverse = np.linalg.inv(z * self.g @ z.T + np.diag(noise))
        y = ratings.level[rows] - 0.05 * np.array(own_rows)
        self.information = np.linalg.inv(x.T @ inverse @ x)
        self.b = self.information @ x.T @ inverse @ y
        self.zg, self.x, self.inverse = z * self.g, x, inverse
        self.residual = y - x @ self.b
        self.column, self.x_column = column, x_column

    def predict(self, weights: Mapping[Key, float]) -> tuple[float, float]:
        """Prediction and error variance of a weighted sum of terms."""
        c, k = np.zeros(len(self.random)), np.zeros(len(self.fixed))
        for key, weight in weights.items():
            if key in self.column:
                c[self.column[key]] += weight
            else:
                k[self.x_column[key]] += weight
        h = self.zg @ c
        left = k - self.x.T @ self.inverse @ h
        value = k @ self.b + h @ self.inverse @ self.residual
        error = c @ (self.g * c) - h @ self.inverse @ h + left @ self.information @ left
        return float(value), float(error)

    def capacity(self, roster: Roster, school: int, scale: float = 1.0) -> dict[Key, float]:
        """The terms of a school's capacity: mean + school + mean of its current teachers."""
        here = [int(t) for t, s in zip(roster.teacher, roster.school, strict=True) if s == school]
        weights: dict[Key, float] = {("mean",): scale, ("school", school): scale}
        for teacher in here:
            weights[("teacher", teacher, school)] = scale / len(here)
        return weights
