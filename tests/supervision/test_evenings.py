"""What happened in the evening, when it is tomorrow already in UTC, is told as of the district's own day."""

import io
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from alignment_dash.access.models import new_uid
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.runs.models import Run
from alignment_dash.schoolyear import current_year
from instruction.models import FrameworkKind, SelfAssessment, SelfRating
from supervision.growth.queries import growth_of
from supervision.models import BalanceProposal, CaseloadAssignment, ProposalState, ProposedMove
from tests import factories

pytestmark = pytest.mark.django_db
EVENING = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
ITS_DAY = date(2026, 11, 23)


@pytest.fixture(autouse=True)
def _in_chicago() -> Iterator[None]:
    with timezone.override("America/Chicago"):
        yield


def test_need_index_computed_in_the_evening_is_of_that_day(district, compute, sign_in):
    Run.objects.filter(pk=compute().pk).update(ended_at=EVENING)
    for role, name in ((Role.SUPERVISOR, "home-workbook"), (Role.CABINET, "overview-workbook")):
        book = load_workbook(
            io.BytesIO(sign_in(role).get(reverse(f"supervision:{name}")).content), read_only=True
        )
        about = dict(row[:2] for row in book["About"].iter_rows(values_only=True))
        assert about["Need index of"].date() == ITS_DAY


def test_proposal_made_in_the_evening_is_of_that_day(district, sign_in):
    held = CaseloadAssignment.objects.first()
    made = BalanceProposal.objects.create(
        school_year=current_year(), start=date(2026, 12, 1), made_by=district.users[Role.CABINET],
        state=ProposalState.READY,
    )  # fmt: skip
    ProposedMove.objects.create(
        proposal=made, place=1, group=1, school=held.school, principal=held.principal,
        to_supervisor=factories.person(), assignment=held,
    )  # fmt: skip
    BalanceProposal.objects.update(made_at=EVENING)
    page = sign_in(Role.CABINET).get(reverse("supervision:overview")).text
    assert "Proposal of Nov 23, 2026 for caseloads from Dec 1, 2026" in page


def test_level_said_in_the_evening_is_of_that_day(district):
    standards = factories.framework(kind=FrameworkKind.SUPERVISION)
    with all_rows(why="a test's self-assessment"):
        said = SelfAssessment.objects.create(
            uid=new_uid(), person=district.supervisor, version=standards, school_year=current_year()
        )
        SelfRating.objects.create(
            assessment=said, element_version=standards.elements.first(), level=3, why="Weekly."
        )
        SelfAssessment.objects.update(changed_at=EVENING)
    scope = scope_of(district.users[Role.SUPERVISOR])
    growth = growth_of(scope, current_year(), district.supervisor.uid)
    assert [line.said.day for line in growth.lines if line.said] == [ITS_DAY]
