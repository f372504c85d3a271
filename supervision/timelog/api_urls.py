from django.urls import path

from supervision.timelog import api

urlpatterns = [
    path("time/entries/", api.Entries.as_view(), name="api-time-entries"),
    path("time/entries/<uuid:uid>/", api.EntryDetail.as_view(), name="api-time-entry"),
    path("time/shares/", api.Shares.as_view(), name="api-time-shares"),
    path("time/goals/", api.Goals.as_view(), name="api-time-goals"),
]
