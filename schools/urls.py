from django.urls import path

from schools import views

app_name = "schools"
urlpatterns = [
    path("roster-imports/", views.roster_import_list, name="roster-import-list"),
    path("roster-imports/<uuid:uid>/", views.roster_import_detail, name="roster-import-detail"),
]
