"""REST routes of supervision."""

from django.urls import URLPattern

from supervision.balancing.api_urls import urlpatterns as balancing_urls
from supervision.calendars.api_urls import urlpatterns as calendars_urls
from supervision.growth.api_urls import urlpatterns as growth_urls
from supervision.overview.api_urls import urlpatterns as overview_urls
from supervision.principal_bench.api_urls import urlpatterns as principal_bench_urls
from supervision.timelog.api_urls import urlpatterns as timelog_urls
from supervision.visits.api_urls import urlpatterns as visits_urls

urlpatterns: list[URLPattern] = [
    *balancing_urls,
    *timelog_urls,
    *calendars_urls,
    *visits_urls,
    *growth_urls,
    *overview_urls,
    *principal_bench_urls,
]
