from django.urls import path

from alignment_dash.folders import by_folder
from instruction import api, derivation_api, import_api, targets_api
from instruction.calibrating.api_urls import urlpatterns as calibrating_urls
from instruction.completion.api_urls import urlpatterns as completion_urls
from instruction.consulting.api_urls import urlpatterns as consulting_urls
from instruction.defining.api_urls import urlpatterns as defining_urls
from instruction.leadership.api_urls import urlpatterns as leadership_urls
from instruction.meetings.api_urls import urlpatterns as meetings_urls
from instruction.observing.api_urls import urlpatterns as observing_urls
from instruction.school_plans.api_urls import urlpatterns as school_plans_urls
from instruction.second_looks.api_urls import urlpatterns as second_looks_urls

routes = [
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
    *defining_urls,
    *consulting_urls,
    *observing_urls,
    *completion_urls,
    *calibrating_urls,
    *school_plans_urls,
    *second_looks_urls,
    *meetings_urls,
    *leadership_urls,
]
urlpatterns = by_folder(routes)
