from django.urls import path

from supervision.balancing import exports, limits_views, views, what_if

urlpatterns = [
    path("caseloads/limits/", limits_views.limits_list, name="limits"),
    path("caseloads/limits/span/", limits_views.span, name="set-span"),
    path("caseloads/limits/<uuid:uid>/", limits_views.limits_change, name="limits-change"),
    path("caseloads/what-if/", what_if.what_if, name="what-if"),
    path("caseloads/balance/", views.balance, name="balance"),
    path("caseloads/balance/<uuid:uid>/", views.proposal, name="balance-proposal"),
    path("caseloads/balance/<uuid:uid>/decide/", views.decide, name="balance-decide"),
    path("caseloads/balance/<uuid:uid>/moves.csv", exports.proposal_csv, name="balance-csv"),
    path("caseloads/balance/<uuid:uid>/moves.xlsx", exports.proposal_workbook, name="balance-workbook"),
]
