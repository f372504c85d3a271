from django.urls import path

from schools import api

urlpatterns = [
    path("roster-imports/", api.RosterImportList.as_view(), name="api-roster-import-list"),
    path("roster-imports/<uuid:uid>/", api.RosterImportDetail.as_view(), name="api-roster-import-detail"),
    path(
        "roster-imports/<uuid:uid>/findings/",
        api.RosterImportFindings.as_view(),
        name="api-roster-import-finding-list",
    ),
    path(
        "roster-imports/<uuid:uid>/findings.csv",
        api.RosterImportFindingsCsv.as_view(),
        name="api-roster-import-findings",
    ),
]
