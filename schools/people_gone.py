"""People who have left: for how long their names are kept."""

import logging
from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.persondata import actions
from alignment_dash.access.persondata.registry import Retention
from alignment_dash.schoolyear import today
from schools.models import Person, StaffAssignment
from schools.people_known import PEOPLE, subject_from

log = logging.getLogger(__name__)


def _gone(moment: datetime) -> QuerySet[Person]:
    """People with a name whose last role ended before a moment, and who cannot sign in with a role."""
    day = moment.date()
    theirs = StaffAssignment.objects.filter(person=OuterRef("pk"))
    lasting = theirs.filter(during__overlap=DateRange(day, None))
    needed = User.objects.able().filter(pk__in=RoleGrant.objects.on(today()).values("user_id"))
    named = PEOPLE.filter(identity__blanked_at=None, identity__isnull=False)
    return named.filter(Exists(theirs), ~Exists(lasting)).exclude(user__in=needed).order_by("pk")


def _erase_gone(moment: datetime) -> int:
    erased = 0
    for person in _gone(moment):
        try:
            with transaction.atomic():
                actions.erase_gone(subject=subject_from(person))
        except ValidationError:  # a roster is being read, or the last administrator: another night
            continue
        except Exception:  # each is a transaction of its own: one does not keep the others' names
            log.exception("a person who has left was not erased: %s", person.uid)
            continue
        erased += 1
    return erased


def _gone_uids(moment: datetime) -> Iterable[str]:
    return [str(uid) for uid in _gone(moment).values_list("uid", flat=True)]


IDENTITIES = Retention(
    key="identities",
    label=_("Names of people who have left"),
    note=_("From the end of their last role on. They are erased as on the page of a person's data."),
    default=None,
    least=365,
    found=_gone_uids,
    remove=_erase_gone,
    place=1,
)
