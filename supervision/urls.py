"""Pages of caseloads."""

from django.urls import path

from supervision import views

app_name = "supervision"
urlpatterns = [
    path("caseloads/", views.caseload_list, name="caseload-list"),
    path("caseloads/assign/", views.assign, name="assign"),
    path("caseloads/from-roster/", views.from_roster, name="from-roster"),
    path("caseloads/mine/", views.my_caseload, name="my-caseload"),
    path("caseloads/<uuid:uid>/", views.caseload_detail, name="caseload-detail"),
    path("caseloads/<uuid:uid>/end/", views.end, name="end"),
]
