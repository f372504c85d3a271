from django.urls import path

from instruction import views

app_name = "instruction"
urlpatterns = [
    # /observation-imports/
    path("observation-imports/", views.observation_import_list, name="observation-import-list"),
    path(
        "observation-imports/<uuid:uid>/", views.observation_import_detail, name="observation-import-detail"
    ),
]
