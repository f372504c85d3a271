"""Pages of positions."""

from django.urls import path

from staffing import changes, views

app_name = "staffing"
urlpatterns = [
    path("staffing/", views.fill_rates, name="fill-rates"),
    path("staffing/from-roster/", changes.from_roster, name="from-roster"),
    path("staffing/schools/<uuid:uid>/", views.school_positions, name="school-positions"),
    path("staffing/schools/<uuid:uid>/add/", changes.add, name="add"),
    path("staffing/positions/<uuid:uid>/fill/", changes.fill, name="fill"),
    path("staffing/positions/<uuid:uid>/vacate/", changes.vacate, name="vacate"),
]
