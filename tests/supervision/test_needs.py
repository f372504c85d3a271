"""Span and needs: plain arithmetic with values worked out by hand."""

import math

import numpy as np
import pytest

from supervision.needs import (
    CELL_COLUMNS,
    PAPER_SPAN,
    Bounds,
    Cell,
    SchoolNeed,
    SharedNeed,
    needs_of_schools,
    shared_needs,
    span_of,
)


def cell(element=1, gap=0.5, p_below=0.96, evidence=2, school=1):
    shown = evidence > 0
    return (
        school, element, evidence, gap if shown else math.nan, 0.1, p_below if shown else math.nan, 6, 5,
    )  # fmt: skip


def table(cells):
    return np.array(list(cells), dtype=list(CELL_COLUMNS.items()))


def need_of(cells):
    return needs_of_schools(table(cells), 0.95).get(1, SchoolNeed())


def shared_need(cells):
    found = shared_needs(table(cells), {1: 9, 2: 9, 3: 9}, 0.95)
    assert set(found) <= {9}
    return found.get(9)


@pytest.mark.parametrize(
    ("principals", "span"),
    [(0, "below"), (7, "below"), (8, "within"), (12, "within"), (13, "above")],
)
def test_span_holds_both_its_bounds(principals, span):
    assert span_of(principals, PAPER_SPAN) == span


def test_span_is_held_against_the_districts_own_bounds():
    assert [span_of(n, Bounds(6, 14)) for n in (5, 6, 14, 15)] == ["below", "within", "within", "above"]


def test_need_names_the_widest_gap_and_counts():
    cells = [cell(1, 0.2, 0.7), cell(2, 0.6, 0.95), cell(3, evidence=0), cell(4, -0.1, 0.3)]
    assert need_of(cells) == SchoolNeed(widest=Cell(*cells[1]), n_elements=4, n_below=1, n_unclear=1)


def test_need_of_a_school_without_cells_is_undefined():
    assert need_of([]) == SchoolNeed(widest=None, n_elements=0, n_below=0, n_unclear=0)


def test_need_of_a_school_without_evidence_has_no_widest_gap():
    assert need_of([cell(evidence=0)]) == SchoolNeed(widest=None, n_elements=1, n_below=0, n_unclear=1)


@pytest.mark.parametrize(("p_below", "n"), [(0.94, 0), (0.95, 1)])
def test_very_likely_means_the_probability_that_pages_ask_for(p_below, n):
    assert need_of([cell(p_below=p_below)]).n_below == n


def test_equal_gaps_name_the_firmer_one():
    weak, firm = cell(1, evidence=1), cell(2, evidence=2)
    assert need_of([weak, firm]).widest == Cell(*firm)


def test_shared_need_is_the_element_most_schools_have():
    cells = [cell(1, 2.0, school=1), cell(2, school=1), cell(2, school=2), cell(2, 0.1, 0.5, school=3)]
    assert shared_need(cells) == SharedNeed(element_id=2, n_below=2, n_estimated=3)


def test_shared_need_shared_alike_is_the_wider_one():
    assert shared_need([cell(1, 0.3), cell(2, 0.4)]).element_id == 2


def test_shared_need_is_none_where_no_school_is_below():
    assert shared_need([cell(p_below=0.5), cell(evidence=0)]) is None


def test_shared_needs_keep_caseloads_apart_and_leave_out_schools_of_none():
    cells = table([cell(1, school=1), cell(2, school=2), cell(2, evidence=0, school=3), cell(1, school=4)])
    assert shared_needs(cells, {1: 8, 2: 9, 3: 9}, 0.95) == {8: SharedNeed(1, 1, 1), 9: SharedNeed(2, 1, 1)}
