"""What whoever runs the server does: the first administrator, and the way in after a lock-out."""

import getpass
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from tests import factories

pytestmark = pytest.mark.django_db
NEW = "quite another passphrase"


@pytest.fixture(autouse=True)
def _typed(monkeypatch):
    monkeypatch.setattr(getpass, "getpass", lambda prompt: NEW)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out)
    return out.getvalue()


def test_first_administrator_is_made_once(district):
    run("create_administrator", "Kim@District.example", "--name", "Kim Lee")
    user = User.objects.get(email="kim@district.example")
    assert user.check_password(NEW)
    assert user in User.objects.able().holding(Role.DATA_ADMINISTRATOR, today())
    with pytest.raises(CommandError, match="restore_administrator"):
        run("create_administrator", "kim@district.example", "--name", "Kim Lee")


def test_administrator_who_is_locked_out_comes_in_again(district):
    user = factories.user(role=Role.HR)
    User.objects.filter(pk=user.pk).update(is_active=False, suspended_by_roster=True)
    run("restore_administrator", user.email.upper())
    user.refresh_from_db()
    assert user.check_password(NEW)
    assert user.sessions_ended_at is not None
    assert user in User.objects.able().holding(Role.DATA_ADMINISTRATOR, today())
    acts = AuditEvent.objects.filter(by_id=None).values_list("act", flat=True)
    assert {"user.reactivate", "role.give", "user.sessions-end"} <= set(acts)
    # Who is a data administrator already stays one.
    run("restore_administrator", user.email)
    assert user.role_grants.filter(role=Role.DATA_ADMINISTRATOR).count() == 1


def test_nobody_is_restored_who_has_no_account(district):
    with pytest.raises(CommandError, match="create_administrator"):
        run("restore_administrator", "nobody@district.example")
