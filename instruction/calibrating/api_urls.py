from django.urls import URLPattern, path

from instruction.calibrating import api

urlpatterns: list[URLPattern] = [
    path("calibration/", api.CalibrationList.as_view(), name="api-calibration-list"),
    path("calibration/<uuid:uid>/", api.CalibrationDetail.as_view(), name="api-calibration-detail"),
    path("calibration/<uuid:uid>/ratings/", api.CalibrationRatings.as_view(), name="api-calibration-ratings"),
    path(
        "calibration/<uuid:uid>/submission/",
        api.CalibrationSubmission.as_view(),
        name="api-calibration-submission",
    ),
    path("calibration/<uuid:uid>/release/", api.CalibrationRelease.as_view(), name="api-calibration-release"),
]
