"""Pages of principal supervisors: caseloads, time, visits, growth."""

from django.urls import path

from supervision import views
from supervision.balancing.urls import urlpatterns as balancing_urls
from supervision.calendars.urls import urlpatterns as calendars_urls
from supervision.growth.urls import urlpatterns as growth_urls
from supervision.overview.urls import urlpatterns as overview_urls
from supervision.principal_bench.urls import urlpatterns as principal_bench_urls
from supervision.timelog.urls import urlpatterns as timelog_urls
from supervision.visits.urls import urlpatterns as visits_urls

app_name = "supervision"
urlpatterns = [
    path("caseloads/", views.caseload_list, name="caseload-list"),
    path("caseloads/assign/", views.assign, name="assign"),
    path("caseloads/from-roster/", views.from_roster, name="from-roster"),
    path("caseloads/mine/", views.my_caseload, name="my-caseload"),
    path("caseloads/<uuid:uid>/", views.caseload_detail, name="caseload-detail"),
    path("caseloads/<uuid:uid>/end/", views.end, name="end"),
    *balancing_urls,
    *timelog_urls,
    *calendars_urls,
    *visits_urls,
    *growth_urls,
    *overview_urls,
    *principal_bench_urls,
]
