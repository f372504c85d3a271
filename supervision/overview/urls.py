from django.urls import path

from supervision.overview import exports, views

urlpatterns = [
    path("my-principals/", views.home, name="home"),
    path("my-principals/export.csv", exports.home_csv, name="home-csv"),
    path("my-principals/export.xlsx", exports.home_workbook, name="home-workbook"),
    path("principal-supervisors/", views.overview, name="overview"),
    path("principal-supervisors/export.csv", exports.overview_csv, name="overview-csv"),
    path("principal-supervisors/export.xlsx", exports.overview_workbook, name="overview-workbook"),
]
