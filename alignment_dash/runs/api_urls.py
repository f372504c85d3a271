from django.urls import path

from alignment_dash.runs import api

urlpatterns = [
    path("runs/", api.RunList.as_view(), name="api-run-list"),
    path("runs/<uuid:uid>/", api.RunDetail.as_view(), name="api-run-detail"),
]
