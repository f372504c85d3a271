"""Beginning and ending to act as someone else; both stand in the audit under the real name."""

from django.db import transaction

from alignment_dash.access import audit
from alignment_dash.access.acting.queries import may_be_helped
from alignment_dash.access.models import User
from alignment_dash.access.persondata import queries
from alignment_dash.access.persondata.redaction import redact


class NotAllowed(Exception):
    """Whom nobody may act as, or who may not act as others."""


@transaction.atomic
def start(*, helped: User, why: str, by: User) -> None:
    """Record that `by` begins to act as `helped`, and `why` in words without their names.

    NotAllowed for who may not be helped.
    """
    if not why.strip() or not may_be_helped(by).filter(pk=helped.pk).exists():
        raise NotAllowed
    said = redact(why.strip(), queries.subject_of_account(helped).words, family=True)
    audit.record(act="act-as.start", target=helped, by=by, detail={"why": said})


@transaction.atomic
def end(*, helped: User, how: str, by: User) -> None:
    """Record that `by` no longer acts as `helped`; how: "stopped", "signed-out", "expired" or "closed"."""
    audit.record(act="act-as.end", target=helped, by=by, detail={"how": how})
