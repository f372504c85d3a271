"""Pages of principal supervisors: caseloads, time, visits, growth."""

from django.urls import path

from alignment_dash.folders import by_folder
from supervision import exports, need_page, views
from supervision.balancing.urls import urlpatterns as balancing_urls
from supervision.calendars.urls import urlpatterns as calendars_urls
from supervision.growth.urls import urlpatterns as growth_urls
from supervision.overview.urls import urlpatterns as overview_urls
from supervision.principal_bench.urls import urlpatterns as principal_bench_urls
from supervision.timelog.urls import urlpatterns as timelog_urls
from supervision.visits.urls import urlpatterns as visits_urls

app_name = "supervision"
routes = [
    path("caseloads/", views.caseload_list, name="caseload-list"),
    path("caseloads/assign/", views.assign, name="assign"),
    path("caseloads/from-roster/", views.from_roster, name="from-roster"),
    path("caseloads/mine/", views.my_caseload, name="my-caseload"),
    path("caseloads/need/", need_page.need_index, name="need"),
    path("caseloads/need/weights/", need_page.set_weights, name="set-weights"),
    path("caseloads/caseloads.csv", exports.list_csv, name="caseload-list-csv"),
    path("caseloads/caseloads.xlsx", exports.list_workbook, name="caseload-list-workbook"),
    path("caseloads/<uuid:uid>/caseload.csv", exports.detail_csv, name="caseload-csv"),
    path("caseloads/<uuid:uid>/caseload.xlsx", exports.detail_workbook, name="caseload-workbook"),
    path("caseloads/<uuid:uid>/end-all/", views.end_all, name="end-all"),
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
urlpatterns = by_folder(routes)
