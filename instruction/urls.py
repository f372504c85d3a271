from django.urls import path

from instruction import views

app_name = "instruction"
urlpatterns = [
    # /capacity/
    path("capacity/", views.capacity_map, name="capacity-map"),
    path("capacity/export.csv", views.capacity_export, name="capacity-export"),
    path("capacity/how/", views.how_computed, name="how-computed"),
    # /schools/<uid>/, /elements/<uid>/
    path("schools/<uuid:uid>/", views.school, name="school"),
    path("elements/<uuid:uid>/", views.element, name="element"),
    path("my-evidence/", views.my_evidence, name="my-evidence"),
    # /observation-imports/
    path("observation-imports/", views.observation_import_list, name="observation-import-list"),
    path(
        "observation-imports/<uuid:uid>/", views.observation_import_detail, name="observation-import-detail"
    ),
]
