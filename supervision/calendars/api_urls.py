from datetime import date

from django.urls import URLPattern, path, register_converter

from supervision.calendars import api


class DayConverter:
    """A day as YYYY-MM-DD; what is none is not found."""

    regex = r"20\d\d-\d\d-\d\d"

    def to_python(self, value: str) -> date:
        """Return the day; ValueError for one there is not."""
        return date.fromisoformat(value)

    def to_url(self, value: date | str) -> str:
        """Return the day as an address says it."""
        return str(value)


register_converter(DayConverter, "day")

urlpatterns: list[URLPattern] = [
    # /api/v1/calendar/
    path("calendar/feed/", api.Feed.as_view(), name="api-calendar-feed"),
    path("calendar/feed/read/", api.FeedReading.as_view(), name="api-calendar-read"),
    path("calendar/file/", api.File.as_view(), name="api-calendar-file"),
    path("calendar/weeks/<day:day>/", api.Week.as_view(), name="api-calendar-week"),
]
