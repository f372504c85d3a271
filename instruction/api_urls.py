from django.urls import path

from instruction import api, derivation_api, import_api, targets_api

urlpatterns = [
    path("capacity/", api.Capacity.as_view(), name="api-capacity"),
    path(
        "capacity/<uuid:school_uid>/<uuid:element_uid>/",
        derivation_api.CapacityDerivation.as_view(),
        name="api-derivation",
    ),
    path("targets/", targets_api.Targets.as_view(), name="api-targets"),
    # /observation-imports/, and the words that rows of them wait for
    path(
        "observation-imports/mappings/",
        import_api.ImportMappingList.as_view(),
        name="api-import-mapping-list",
    ),
    path(
        "observation-imports/waiting/", import_api.WaitingList.as_view(), name="api-observation-waiting-list"
    ),
    path(
        "observation-imports/waiting/<uuid:uid>/",
        import_api.WaitingResolve.as_view(),
        name="api-observation-waiting-resolve",
    ),
    path(
        "observation-imports/<uuid:uid>/import/",
        import_api.ObservationImportGo.as_view(),
        name="api-observation-import-go",
    ),
    path(
        "observation-imports/", import_api.ObservationImportList.as_view(), name="api-observation-import-list"
    ),
    path(
        "observation-imports/<uuid:uid>/",
        import_api.ObservationImportDetail.as_view(),
        name="api-observation-import-detail",
    ),
    path(
        "observation-imports/<uuid:uid>/findings.csv",
        import_api.ObservationImportFindings.as_view(),
        name="api-observation-import-findings",
    ),
]
