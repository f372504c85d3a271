"""For how long the counts of opened pages are kept; they name nobody."""

from collections.abc import Iterable
from datetime import datetime

from django.contrib.sessions.models import Session
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import PageUse
from alignment_dash.access.persondata.registry import Retention, register_retention


def register_all() -> None:
    """Make known what access removes after a time."""
    register_retention(
        Retention(
            key="usage",
            label=_("How often pages were opened"),
            note=_("Counts by role and day, without persons."),
            default=3 * 365,
            least=30,
            found=_days_of_use,
            remove=lambda moment: PageUse.objects.filter(day__lt=moment.date()).delete()[0],
            place=50,
        )
    )
    register_retention(
        Retention(
            key="sessions",
            label=_("Sessions that have ended by themselves"),
            note=_("They open nothing any more; each holds the id of an account."),
            default=1,
            least=1,
            found=lambda moment: ["" for _one in Session.objects.filter(expire_date__lt=moment)],
            remove=lambda moment: Session.objects.filter(expire_date__lt=moment).delete()[0],
            place=60,
        )
    )


def _days_of_use(moment: datetime) -> Iterable[str]:
    days = PageUse.objects.filter(day__lt=moment.date()).order_by("day").values_list("day", flat=True)
    return [day.isoformat() for day in days.distinct()]
