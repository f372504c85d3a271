from django.urls import path

from schools import views
from schools.feeds.urls import urlpatterns as feeds

app_name = "schools"
urlpatterns = [
    path("roster-imports/", views.roster_import_list, name="roster-import-list"),
    *feeds,
    path("roster-imports/<uuid:uid>/", views.roster_import_detail, name="roster-import-detail"),
]
