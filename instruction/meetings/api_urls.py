from django.urls import path

from instruction.meetings import api

urlpatterns = [
    path("meetings/", api.Meetings.as_view(), name="api-meeting-list"),
    path("meetings/<uuid:uid>/", api.MeetingPack.as_view(), name="api-meeting-detail"),
    path("meetings/<uuid:uid>/decisions/", api.Decisions.as_view(), name="api-meeting-decisions"),
    path("decisions/<uuid:uid>/", api.DecisionDetail.as_view(), name="api-decision-detail"),
]
