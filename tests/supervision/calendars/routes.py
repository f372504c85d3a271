"""Routes of supervision.calendars."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from alignment_dash.access.policy import Data
from alignment_dash.access.reach import rows_of
from supervision.calendars.weeks import last_monday
from supervision.models import CalendarEvent
from tests.factories import SmallDistrict
from tests.route import Route


def week(district: SmallDistrict) -> dict[str, Any]:
    """Last week in the supervisor's calendar: a walk, a meeting at the same time, a private day."""
    monday = timezone.make_aware(timezone.datetime.combine(last_monday(), timezone.datetime.min.time()))
    events = (
        ("walk", "Learning walk Alder", 9, 90, False),
        ("call", "Call about buses", 10, 45, False),
        ("day", "", 0, 24 * 60, True),
    )
    with rows_of(person=district.supervisor.pk):
        for place, (name, title, hour, minutes, private) in enumerate(events):
            starts = monday + timedelta(days=place // 2, hours=hour)
            CalendarEvent.objects.get_or_create(
                supervisor=district.supervisor,
                external_id=name,
                defaults={
                    "title": title,
                    "starts_at": starts,
                    "ends_at": starts + timedelta(minutes=minutes),
                    "all_day": private,
                    "is_private": private,
                },
            )
    return {}


def _day(district: SmallDistrict) -> dict[str, Any]:
    week(district)
    return {"day": last_monday().isoformat()}


ROUTES: list[Route] = [
    Route("supervision:calendar", Data.CALENDARS),
    Route("supervision:calendar", Data.CALENDARS, method="post", ok=400, page=False),
    Route("supervision:calendar-read", Data.CALENDARS, method="post", ok=302, page=False),
    Route("supervision:calendar-remove", Data.CALENDARS, method="post", ok=302, page=False),
    Route("supervision:calendar-file", Data.CALENDARS, method="post", ok=400, page=False),
    Route("supervision:week", Data.CALENDARS, kwargs=week),
    Route("supervision:week", Data.CALENDARS, method="post", ok=302, page=False),
    Route("supervision:week-reopen", Data.CALENDARS, method="post", ok=302, page=False),
    Route("api-calendar-feed", Data.CALENDARS, ok=404, page=False),
    Route("api-calendar-feed", Data.CALENDARS, method="put", ok=415, page=False),
    Route("api-calendar-feed", Data.CALENDARS, method="delete", ok=204, page=False),
    Route("api-calendar-read", Data.CALENDARS, method="post", ok=404, page=False),
    Route("api-calendar-file", Data.CALENDARS, method="post", ok=400, page=False),
    Route("api-calendar-week", Data.CALENDARS, kwargs=_day, page=False),
    Route("api-calendar-week", Data.CALENDARS, kwargs=_day, method="post", ok=400, page=False),
    Route("api-calendar-week", Data.CALENDARS, kwargs=_day, method="delete", ok=204, page=False),
]
