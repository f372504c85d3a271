"""What is known of the open schools and of observers, as one dense covariance that visits reduce.

Its sums, in order: capacities of the open schools, the mean capacity of all schools, levels and own shifts
(home-field + K) of the open schools, leniencies of persons. All else a visit sees is a sum of these, since the
mean always comes with S and the home-field shift with K.
"""

from dataclasses import dataclass

import numpy as np
from scipy.linalg import solve_triangular
from scipy.sparse import csr_array, vstack

from instruction.capacity.data import FloatArray, IntArray
from instruction.capacity.grouping import find
from instruction.capacity.planning.situation import Situation
from instruction.capacity.planning.system import N_FIXED, rater_column, rater_rows, school_rows


@dataclass(frozen=True, slots=True)
class Basis:
    """Which sums: schools as indices of the cells, persons as ids. The last person is any stranger: -1."""

    schools: IntArray  # (n,)
    persons: IntArray  # (p,) sorted, then -1

    @property
    def n_schools(self) -> int:
        """Number of open schools."""
        return len(self.schools)

    @property
    def first_level(self) -> int:
        """Place of the first level; levels, shifts and leniencies are what ratings are sums of."""
        return self.n_schools + 1

    @property
    def first_person(self) -> int:
        """Place of the first leniency among levels, shifts and leniencies."""
        return 2 * self.n_schools

    def person(self, rater: IntArray) -> IntArray:
        """Place of persons by id among the persons."""
        return find(self.persons[:-1], rater)


def basis_of(situation: Situation, schools: IntArray, raters: IntArray) -> Basis:
    """The sums for `schools`, for whoever rated a lesson there and for `raters` (ids)."""
    cells = situation.cells
    here = np.isin(cells.unit_school, schools)
    seen = cells.rater_ids[cells.unit_rater[: len(here)][here]]
    return Basis(schools, np.append(np.unique(np.concatenate([seen, raters])), -1))


def prior_knowledge(situation: Situation, basis: Basis) -> FloatArray:
    """Covariance of the basis that the ratings so far leave."""
    cells, n = situation.cells, basis.n_schools
    rater = find(cells.rater_ids, basis.persons)
    level = school_rows(cells, basis.schools, False)
    asked = np.flatnonzero(situation.asked)
    mean = csr_array(situation.capacity[asked].sum(axis=0)[None, :] / len(asked))
    sums = csr_array(
        vstack(
            [
                situation.capacity[basis.schools],
                mean,
                level,
                school_rows(cells, basis.schools, True) - level,
                rater_rows(cells, rater),
            ]
        )
    )
    covariance = situation.solution.covariance(sums, sums)
    rests = situation.rests[basis.schools]
    place = np.arange(n)
    covariance[place, place] += rests
    covariance[place, n] += rests / len(asked)
    covariance[n, place] += rests / len(asked)
    covariance[n, n] += situation.rests[asked].sum() / len(asked) ** 2
    new = basis.first_level + basis.first_person + np.flatnonzero(rater < 0)
    covariance[new, new] += situation.parts.rater
    return covariance


def on_basis(situation: Situation, basis: Basis, loading: csr_array) -> csr_array:
    """Loadings on all unknowns as loadings on levels, shifts and leniencies of the basis."""
    cells, n_schools = situation.cells, len(situation.cells.school_ids)
    rater = find(cells.rater_ids, basis.persons)
    known = np.flatnonzero(rater >= 0)
    columns = np.concatenate(
        [
            N_FIXED + basis.schools,
            N_FIXED + n_schools + basis.schools,
            rater_column(cells, rater[known]),
        ]
    )
    places = np.concatenate([np.arange(basis.first_person), basis.first_person + known])
    width = basis.first_person + len(basis.persons)
    picked = csr_array((np.ones(len(columns)), (columns, places)), shape=(loading.shape[1], width))
    return csr_array(loading @ picked)


def contrast_variance(covariance: FloatArray, n_schools: int) -> FloatArray:
    """Variance of each open school's capacity less the mean of all schools, (n_schools,)."""
    own = np.diag(covariance)[:n_schools]
    return np.asarray(own - 2.0 * covariance[:n_schools, n_schools] + covariance[n_schools, n_schools])


def contrasts(rows: FloatArray, n_schools: int) -> FloatArray:
    """From rows (..., basis) those of each open school's capacity less the mean of all schools, (..., n_schools)."""
    return np.asarray(rows[..., :n_schools] - rows[..., n_schools : n_schools + 1])


def spread_out(rows: FloatArray, weight: FloatArray) -> FloatArray:
    """Rows (..., n) times the matrix of the least sum of weight x (d - m)^2 + m^2 over m, of contrasts d.

    What moves all open schools alike, by m, hardly changes which of them are the neediest: it counts as one school
    that is wide open would.
    """
    weighted = rows * weight
    return np.asarray(weighted - weighted.sum(axis=-1, keepdims=True) * (weight / (weight.sum() + 1.0)))


def uncertainty(covariance: FloatArray, weight: FloatArray) -> float:
    """Weighted uncertainty about the open schools' contrasts."""
    n = len(weight)
    among = contrasts(contrasts(covariance[: n + 1], n).T, n)
    return float(np.trace(spread_out(among, weight)))


def learn(covariance: FloatArray, with_all: FloatArray, among: FloatArray) -> FloatArray:
    """Reduce `covariance` in place by ratings, and return how each rating, given those before, moves the basis.

    `with_all` (basis, n): covariance of the basis with the ratings; `among` (n, n): of the ratings. Returns
    (n, basis): the covariance falls by the sum of the outer products of the rows.
    """
    lower = np.linalg.cholesky(among)
    moves = np.asarray(solve_triangular(lower, with_all.T, lower=True))
    covariance -= moves.T @ moves
    return moves
