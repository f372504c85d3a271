"""The oldest years of the audit are removed by the owner of the tables alone, and that stands in it."""

from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from alignment_dash.access.models import AuditEvent


@pytest.mark.django_db(transaction=True, databases=["default", "owner"])
def test_old_events_go_and_their_going_is_recorded():
    now = timezone.now()
    for days in (0, 8 * 366):
        event = AuditEvent(by_label="system", act="x", target_kind="a", target_id=str(days))
        event.save()
        AuditEvent.objects.using("owner").filter(pk=event.pk).update(at=now - timedelta(days=days))
    call_command("prune_audit", "--keep-years", "7")
    assert set(AuditEvent.objects.values_list("act", "target_id").exclude(act="audit.prune")) == {("x", "0")}
    assert AuditEvent.objects.get(act="audit.prune").detail == {"rows": 1}
    with pytest.raises(CommandError, match="at least 3"):
        call_command("prune_audit", "--keep-years", "1")
