"""HiGHS with a linear or integer program in it, quiet and on one core."""

import highspy
from scipy import sparse

from supervision.balance.instance import Floats


def solver_of(
    cost: Floats,
    left: sparse.csc_array,
    low: Floats,
    high: Floats,
    *,
    least: Floats,
    most: Floats,
    whole: int = 0,
    offset: float = 0.0,
) -> highspy.Highs:
    """Return the solver of: least cost @ x + offset with low <= left @ x <= high and least <= x <= most.

    whole: so many of the first x are whole numbers.
    """
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = left.shape
    program.col_cost_, program.offset_ = cost, offset
    program.col_lower_, program.col_upper_ = least, most
    program.row_lower_, program.row_upper_ = low, high
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = left.indptr, left.indices
    program.a_matrix_.value_ = left.data
    kinds = highspy.HighsVarType
    program.integrality_ = [kinds.kInteger] * whole + [kinds.kContinuous] * (
        len(cost) - whole if whole else 0
    )
    solver = highspy.Highs()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("threads", 1)
    solver.passModel(program)
    return solver
