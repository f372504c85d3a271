from django.urls import URLPattern, path

from supervision.calendars import views

urlpatterns: list[URLPattern] = [
    # /supervision/calendar/
    path("calendar/", views.calendar, name="calendar"),
    path("calendar/read/", views.calendar_read, name="calendar-read"),
    path("calendar/remove/", views.calendar_remove, name="calendar-remove"),
    path("calendar/file/", views.calendar_file, name="calendar-file"),
    path("week/", views.week, name="week"),
    path("week/reopen/", views.week_reopen, name="week-reopen"),
]
