"""REST routes of supervision."""

from django.urls import path

from alignment_dash.folders import by_folder
from supervision import api
from supervision.balancing.api_urls import urlpatterns as balancing_urls
from supervision.calendars.api_urls import urlpatterns as calendars_urls
from supervision.growth.api_urls import urlpatterns as growth_urls
from supervision.overview.api_urls import urlpatterns as overview_urls
from supervision.principal_bench.api_urls import urlpatterns as principal_bench_urls
from supervision.timelog.api_urls import urlpatterns as timelog_urls
from supervision.visits.api_urls import urlpatterns as visits_urls

routes = [
    path("caseloads/", api.CaseloadList.as_view(), name="api-caseload-list"),
    path("caseloads/<uuid:uid>/", api.CaseloadDetail.as_view(), name="api-caseload-detail"),
    path("caseload-assignments/", api.CaseloadAssignments.as_view(), name="api-caseload-assignments"),
    path(
        "caseload-assignments/<uuid:uid>/end/",
        api.CaseloadAssignmentEnd.as_view(),
        name="api-caseload-assignment-end",
    ),
    path("need-weights/", api.NeedWeightsDetail.as_view(), name="api-need-weights"),
    *balancing_urls,
    *timelog_urls,
    *calendars_urls,
    *visits_urls,
    *growth_urls,
    *overview_urls,
    *principal_bench_urls,
]
urlpatterns = by_folder(routes)
