"""The jobs of principals' figures: what they write, on which evidence, and that small districts never break them."""

from datetime import timedelta

import numpy as np
import pytest

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.runs.models import State
from instruction.capacity import estimate
from instruction.capacity.data import Components, Spread
from instruction.capacity.estimator import Known
from instruction.leadership import KIND, KIND_EVALUATIVE, KIND_OF_TERMS
from instruction.leadership.reading import read_leadership
from instruction.leadership.tasks import subjects, subjects_of_terms
from instruction.models import EvidenceClass, Observation, PrincipalCapacity
from instruction.snapshots import Basis
from schools.models import StaffAssignment
from tests import factories
from tests.instruction.capacity.dense import DenseModel
from tests.instruction.leadership.places import leadership, observed, run_job, seen

pytestmark = pytest.mark.django_db


def rows_of(run):
    with all_rows(why="a test looks at what was written"):
        return {
            (row.principal_id, row.element.code): row
            for row in PrincipalCapacity.objects.filter(run=run).select_related("element")
        }


def test_job_writes_every_principal_and_element_with_its_class(district):
    version = observed(district)
    assert list(subjects(factories.year())) == [str(version.framework.uid)]
    run = run_job(version)
    assert (run.state, run.basis) == (State.SUCCEEDED, "all"), run.message
    rows = rows_of(run)
    assert len(rows) == 9
    first = rows[district.principals[0].pk, "E1"]
    assert (first.n_observations, first.n_raters, first.last_seen) == (5, 2, schoolyear.today())
    assert first.evidence in (EvidenceClass.WEAK, EvidenceClass.ESTIMATED)
    assert 1 < first.estimate < rows[district.principals[1].pk, "E1"].estimate < 4
    assert first.target == 3.0
    assert first.p_below > 0.5
    third = rows[district.principals[2].pk, "E1"]
    assert (third.n_raters, third.evidence) == (1, EvidenceClass.WEAK)
    assert run.facts["confounded"] == []
    assert run.facts["one_rater"] == [district.networks[1].pk]


def test_evaluative_job_sees_no_formative_observation(district):
    version = observed(district)
    run = run_job(version, KIND_EVALUATIVE)
    assert run.basis == "evaluative"
    rows = rows_of(run)
    assert {row.n_raters for row in rows.values()} == {0, 1}
    third = rows[district.principals[2].pk, "E1"]
    assert (third.evidence, third.estimate, third.n_observations) == (EvidenceClass.NOT_ENOUGH, None, 0)
    # The network's only observer rated nowhere else.
    assert run.facts["confounded"] == [district.networks[0].pk]
    # What the need index is computed from: who has a figure here, and nobody else.
    told = {row.principal_id for row in rows.values() if row.expected_below is not None}
    assert told == {district.principals[0].pk, district.principals[1].pk}


def test_figures_equal_the_dense_solution(district):
    """Generalized least squares with the full covariance matrix, on the same evidence and variances."""
    version = observed(district)
    with all_rows(why="a test reads as the job does"):
        evidence = read_leadership(version=version, year=factories.year(), basis=Basis.ALL)
    result = estimate(evidence.ratings, evidence.roster, evidence.targets)
    elements = tuple(evidence.targets.elements.tolist())
    dense = DenseModel(evidence.ratings, evidence.roster, elements, result.spread)
    written = rows_of(run_job(version))
    at = {person: place for place, person in enumerate(result.teachers.teacher.tolist())}
    for person, group in zip(evidence.principals, evidence.groups, strict=True):
        for e, element in enumerate(elements):
            terms = {
                ("mean", element): 1.0,
                ("school", group, element): 1.0,
                ("teacher", person, group, element): 1.0,
            }
            value, error = dense.predict(terms)
            assert result.teachers.estimate[at[person], e] == pytest.approx(value, abs=1e-8)
            assert result.teachers.se[at[person], e] == pytest.approx(np.sqrt(error), abs=1e-8)
            row = written[person, f"E{e + 1}"]
            assert row.estimate == pytest.approx(value, abs=0.0051)


def test_principals_shrink_by_hand(district):
    """Principals .04, noise .16, four ratings of 2 and four of 3: weight .04 / (.04 + .16 / 4), one half."""
    version = leadership(district)
    for principal, school, level in zip(district.principals[:2], district.schools, (2, 3), strict=False):
        for ago in range(4):
            on = schoolyear.today() - timedelta(days=ago)
            seen(version, factories.person(), principal, school, [level], on=on)
    with all_rows(why="a test reads as the job does"):
        evidence = read_leadership(version=version, year=factories.year(), basis=Basis.ALL)
    none = Spread(0.0, 1e-12)
    known = Known(Components(none, Spread(0.0, 0.04), none, none, none, Spread(0.0, 0.16)))
    found = estimate(evidence.ratings, evidence.roster, evidence.targets, known=known).teachers
    places = [found.teacher.tolist().index(person.pk) for person in district.principals[:2]]
    assert found.estimate[places, 0] == pytest.approx([2.25, 2.75], abs=2e-3)  # noise grows with days of age


def test_nobody_observed_no_network_and_no_principal_never_break_the_job(district):
    version = leadership(district)
    run = run_job(version)
    assert run.state == State.SUCCEEDED, run.message
    assert {row.evidence for row in rows_of(run).values()} == {EvidenceClass.NOT_ENOUGH}
    for school in district.schools:
        school.parent = district.root
        school.save()
    seen(version, district.supervisor, district.principals[0], district.schools[0], [4, 4, 4])
    assert run_job(version).state == State.SUCCEEDED
    StaffAssignment.objects.filter(role="principal").delete()
    run = run_job(version)
    assert run.state == State.SUCCEEDED, run.message
    assert rows_of(run) == {}


def test_principal_of_two_schools_is_estimated_once_and_evidence_moves_along(district):
    version = leadership(district)
    twice = district.principals[2]
    factories.assignment(person=twice, org=district.schools[0], role="principal")
    for ago, school in enumerate((district.schools[0], district.schools[2])):
        on = schoolyear.today() - timedelta(days=ago)
        seen(version, district.supervisor, twice, school, [3, 3, 3], on=on)
    rows = rows_of(run_job(version))
    assert rows[twice.pk, "E1"].n_observations == 2
    assert rows[twice.pk, "E1"].school_id == district.schools[0].pk


def test_ended_terms_get_figures_of_their_own_and_pruning_keeps_the_last_of_each(district):
    version = observed(district)
    first = run_job(version)
    second, third = run_job(version), run_job(version)
    assert not rows_of(first)
    assert rows_of(second)
    assert rows_of(third)
    from alignment_dash.runs import actions, tasks
    from alignment_dash.runs.models import Run

    for subject in list(subjects_of_terms(factories.year())):
        run = actions.request_run(kind=KIND_OF_TERMS, school_year=factories.year(), by=None, subject=subject)
        tasks.perform(run.pk)
        run = Run.objects.get(pk=run.pk)
        assert (run.state, run.basis) == (State.SUCCEEDED, "all"), run.message
        assert len(rows_of(run)) == 9
    assert list(subjects_of_terms(factories.year())) == []
    assert KIND != KIND_OF_TERMS
    with all_rows(why="a test looks"):
        assert Observation.objects.filter(version=version).count() == 12
