from django.urls import path

from supervision.timelog import entry_views, exports, views

urlpatterns = [
    path("time/", views.time, name="time"),
    path("time/enter/", entry_views.quick_entry, name="quick-entry"),
    path("time/mine/", views.my_time, name="my-time"),
    path("time/mine.csv", exports.my_csv, name="my-time-csv"),
    path("time/mine.xlsx", exports.my_workbook, name="my-time-workbook"),
    path("time/mine/goals/", views.my_goals, name="my-time-goals"),
    path("time/mine/days/", views.my_days, name="my-time-days"),
    path("time/entries/restore/", entry_views.entry_restore, name="entry-restore"),
    path("time/entries/<uuid:uid>/", entry_views.entry_change, name="entry-change"),
    path("time/entries/<uuid:uid>/remove/", entry_views.entry_remove, name="entry-remove"),
    path("time/district/", views.time_district, name="time-district"),
    path("time/district.csv", exports.district_csv, name="time-district-csv"),
    path("time/district.xlsx", exports.district_workbook, name="time-district-workbook"),
    path("time/district/goals/", views.district_goals, name="time-district-goals"),
    path("time/district/days/", views.district_days, name="time-district-days"),
]
