"""A visit with a note and a commitment between the supervisor and the first principal of the small district."""

from datetime import timedelta

import pytest

from alignment_dash.access.reach import rows_of
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.schoolyear import today
from instruction.models import Element, FrameworkKind
from supervision.models import Commitment, CommitmentBy, Visit, VisitNote
from supervision.visits import actions, writing
from tests import factories

SECRET = "We rehearsed the talk with Terry"


@pytest.fixture
def leadership(district) -> Element:
    """The first element of leadership in force."""
    version = factories.framework(kind=FrameworkKind.LEADERSHIP, elements=2)
    return version.elements.order_by("place").first().element


@pytest.fixture
def visit(district, leadership) -> Visit:
    user = district.users[Role.SUPERVISOR]
    return actions.record_visit(
        scope=scope_of(user), supervisor=district.supervisor, principal=district.principals[0],
        school=district.schools[0], by=user,
        took=actions.Took(day=today() - timedelta(days=9), element=leadership),
    )  # fmt: skip


@pytest.fixture
def note(district, visit) -> VisitNote:
    return writing.write_note(
        visit=visit, author=district.supervisor, text=SECRET, by=district.users[Role.SUPERVISOR]
    )


@pytest.fixture
def commitment(district, visit) -> Commitment:
    """One of the principal's, overdue since yesterday."""
    made = writing.commit_to(
        principal=district.principals[0], school=district.schools[0], writer=district.supervisor, visit=visit,
        commitment_by=CommitmentBy.PRINCIPAL, text="Visit four lessons", due=today(),
        by=district.users[Role.SUPERVISOR],
    )  # fmt: skip
    yesterday = today() - timedelta(days=1)
    with rows_of(schools=[made.school_id]):
        Commitment.objects.update(made_on=visit.day, due=yesterday, first_due=yesterday)
        made.refresh_from_db()
    return made
