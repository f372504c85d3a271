"""What a trip would tell: a visitor sees some lessons at one school on one day, usually with own observers.

A trip of k lessons gives 2k ratings, in the order visitor, companion of each lesson. The gain of ratings y is the
fall of the weighted uncertainty, trace(S^-1 K'QK) with S = Var(y), K = Cov(capacities, y): the exact posterior
after them, whatever they turn out to be.
"""

from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.planning.knowledge import Basis, contrasts, spread_out
from instruction.capacity.planning.lessons import Lessons

CHUNK = 400_000  # visitors x trips x ratings^2 worked on at once, so that memory stays small


@dataclass(frozen=True, slots=True)
class View:
    """Ratings of n trips without the visitors' leniencies, seen from the basis."""

    with_all: FloatArray  # (n, 2k, basis)
    among: FloatArray  # (n, 2k, 2k)


def view(covariance: FloatArray, basis: Basis, lessons: Lessons, trips: IntArray, n_asked: int) -> View:
    """Covariances of the ratings of `trips` (n, k), rows of `lessons`. `n_asked` schools make the mean."""
    n, k = trips.shape
    flat = trips.ravel()
    rows = [part[flat] for part in lessons.loading]
    lower = covariance[basis.first_level :]
    with_all = np.stack([row @ lower for row in rows], axis=1).reshape(n, 2 * k, len(covariance))
    among = np.empty((n, 2 * k, 2 * k))
    lower_part = with_all[:, :, basis.first_level :]
    for b in range(2 * k):
        among[:, :, b] = _dot(lower_part, csr_array(rows[b % 2][b // 2 :: k]))
    rest, variance = lessons.rest[flat].reshape(n, k, 2), lessons.teacher_variance[flat].reshape(n, k)
    school, share = lessons.school[trips], lessons.share[flat].reshape(n, k)
    every = np.arange(n)
    for j in range(k):
        pair = slice(2 * j, 2 * j + 2)
        among[:, pair, pair] += variance[:, j, None, None] * rest[:, j, :, None] * rest[:, j, None, :]
        with_school = rest[:, j] * (variance * share)[:, j, None]
        with_all[every, pair, school[:, j]] += with_school
        with_all[:, pair, basis.n_schools] += with_school / n_asked
    side = np.arange(2 * k)
    among[:, side, side] += lessons.noise[flat].reshape(n, 2 * k)
    return View(with_all, among)


def trip_gains(
    covariance: FloatArray,
    weight: FloatArray,
    basis: Basis,
    lessons: Lessons,
    trips: IntArray,
    visitors: IntArray,
    n_asked: int,
) -> FloatArray:
    """Gain (trips, visitors) of each trip by each of `visitors`, places among the basis' persons."""
    n, k = trips.shape
    gains = np.empty((n, len(visitors)))
    step = max(CHUNK // (len(visitors) * 4 * k * k + len(covariance)), 1)
    columns = basis.first_level + basis.first_person + visitors
    with_visitor = contrasts(covariance[columns], basis.n_schools)
    spread = (with_visitor * spread_out(with_visitor, weight)).sum(axis=1)
    variance = covariance[columns, columns]
    for start in range(0, n, step):
        part = view(covariance, basis, lessons, trips[start : start + step], n_asked)
        capacities = contrasts(part.with_all, basis.n_schools)
        weighted = spread_out(capacities, weight)
        crossed = (weighted.reshape(-1, basis.n_schools) @ with_visitor.T).reshape(*weighted.shape[:2], -1)
        fall = _with_visitors(weighted @ capacities.transpose(0, 2, 1), crossed, spread)
        among = _with_visitors(part.among, part.with_all[:, :, columns], variance)
        gains[start : start + step] = (np.linalg.inv(among) * fall).sum(axis=(2, 3))
    return gains


def _dot(rows: FloatArray, loading: csr_array) -> FloatArray:
    """Products (n, a) of `rows` (n, a, width) with `loading` (n, width), touching its few entries alone."""
    n, count = len(rows), np.diff(loading.indptr)
    row = np.repeat(np.arange(n), count)
    picked = rows[row, :, loading.indices] * loading.data[:, None]
    adder = csr_array((np.ones(len(row)), np.arange(len(row)), loading.indptr), shape=(n, len(row)))
    return np.asarray(adder @ picked)


def _with_visitors(base: FloatArray, cross: FloatArray, own: FloatArray) -> FloatArray:
    """Add a visitor's leniency to the visitor's ratings: (n, 2k, 2k), (n, 2k, x), (x,) -> (n, x, 2k, 2k)."""
    by_visitor = np.tile([1.0, 0.0], base.shape[1] // 2)
    crossed = cross.transpose(0, 2, 1)
    result = base[:, None] + by_visitor[:, None] * crossed[:, :, None, :]
    result += by_visitor * crossed[:, :, :, None]
    result += np.outer(by_visitor, by_visitor) * own[:, None, None]
    return np.asarray(result)


def all_ratings(
    covariance: FloatArray,
    basis: Basis,
    lessons: Lessons,
    trips: IntArray,
    visitors: IntArray,
    n_asked: int,
) -> tuple[FloatArray, FloatArray]:
    """Covariance of the basis with all ratings of `trips`, one visitor each, and of the ratings among themselves."""
    n, k = trips.shape
    part = view(covariance, basis, lessons, trips, n_asked)
    by_visitor = np.tile([1.0, 0.0], k)
    columns = basis.first_level + basis.first_person + visitors
    with_all = part.with_all + by_visitor[:, None] * covariance[columns][:, None, :]
    flat = trips.ravel()
    loading = np.stack([row[flat].toarray() for row in lessons.loading], axis=1).reshape(n, 2 * k, -1)
    loading[np.arange(n), :, basis.first_person + visitors] += by_visitor
    size = 2 * k * n
    matrix = with_all.reshape(size, -1)
    among = matrix[:, basis.first_level :] @ loading.reshape(size, -1).T
    # Within a trip `view` has more: the teachers' rests and noise, which trips do not share.
    within = part.among + _visitor_within(part, by_visitor, columns, covariance)
    for i in range(n):
        at = slice(2 * k * i, 2 * k * (i + 1))
        among[at, at] = within[i]
    return matrix.T, among


def _visitor_within(
    part: View, by_visitor: FloatArray, columns: IntArray, covariance: FloatArray
) -> FloatArray:
    cross = part.with_all[np.arange(len(columns)), :, columns]
    result = by_visitor[:, None] * cross[:, None, :] + by_visitor * cross[:, :, None]
    return np.asarray(result + np.outer(by_visitor, by_visitor) * covariance[columns, columns][:, None, None])
