from django.urls import URLPattern, path

from supervision.principal_bench import api

urlpatterns: list[URLPattern] = [
    path("expected-openings/", api.Openings.as_view(), name="api-expected-openings"),
    path("expected-openings/<uuid:uid>/", api.OpeningDetail.as_view(), name="api-expected-openings-detail"),
    path("bench-candidates/", api.Candidates.as_view(), name="api-bench-candidates"),
    path("bench-candidates/<uuid:uid>/", api.CandidateDetail.as_view(), name="api-bench-candidates-detail"),
]
