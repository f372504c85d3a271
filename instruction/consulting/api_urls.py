from django.urls import path

from instruction.consulting import api, focus_api

urlpatterns = [
    path("consultations/<uuid:uid>/", api.ConsultationDetail.as_view(), name="api-consultation"),
    path(
        "consultations/<uuid:uid>/comments/",
        api.ConsultationComments.as_view(),
        name="api-consultation-comments",
    ),
    path("consultations/<uuid:uid>/votes/", api.ConsultationVotes.as_view(), name="api-consultation-votes"),
    path("focus/", focus_api.DistrictFocus.as_view(), name="api-focus"),
    path("schools/<uuid:uid>/focus/", focus_api.SchoolFocus.as_view(), name="api-school-focus"),
]
