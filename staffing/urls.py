"""Pages of positions."""

from django.urls import path

from staffing import views

app_name = "staffing"
urlpatterns = [
    path("staffing/", views.fill_rates, name="fill-rates"),
    path("staffing/schools/<uuid:uid>/", views.school_positions, name="school-positions"),
]
