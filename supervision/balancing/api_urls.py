from django.urls import path

from supervision.balancing import api

urlpatterns = [
    path("caseload-limits/", api.Limits.as_view(), name="api-caseload-limits"),
    path("caseload-limits/<uuid:uid>/", api.LimitsDetail.as_view(), name="api-caseload-limits-detail"),
    path("caseload-span/", api.Span.as_view(), name="api-caseload-span"),
    path("caseload-what-if/", api.WhatIf.as_view(), name="api-caseload-what-if"),
    path("balance-proposals/", api.Proposals.as_view(), name="api-balance-proposal-list"),
    path("balance-proposals/<uuid:uid>/", api.ProposalDetail.as_view(), name="api-balance-proposal-detail"),
    path("balance-proposals/<uuid:uid>/decisions/", api.Decisions.as_view(), name="api-balance-decisions"),
]
