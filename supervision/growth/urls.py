from django.urls import URLPattern, path

from supervision.growth import views

urlpatterns: list[URLPattern] = [
    # /supervisors-growth/
    path("supervisors-growth/", views.support_list, name="support-list"),
    path("supervisors-growth/support.csv", views.support_csv, name="support-csv"),
    path("supervisors-growth/support.xlsx", views.support_workbook, name="support-workbook"),
    path("supervisors-growth/add/", views.support_add, name="support-add"),
    path("supervisors-growth/support/<uuid:uid>/", views.support_change, name="support-change"),
    path("supervisors-growth/support/<uuid:uid>/remove/", views.support_remove, name="support-remove"),
    path("supervisors-growth/<uuid:uid>/", views.growth, name="growth"),
]
