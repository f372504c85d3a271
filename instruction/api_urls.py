from django.urls import path

from instruction import api

urlpatterns = [
    path("capacity/", api.Capacity.as_view(), name="api-capacity"),
    # /observation-imports/
    path("observation-imports/", api.ObservationImportList.as_view(), name="api-observation-import-list"),
    path(
        "observation-imports/<uuid:uid>/",
        api.ObservationImportDetail.as_view(),
        name="api-observation-import-detail",
    ),
    path(
        "observation-imports/<uuid:uid>/findings.csv",
        api.ObservationImportFindings.as_view(),
        name="api-observation-import-findings",
    ),
]
