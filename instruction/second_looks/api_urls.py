from django.urls import URLPattern, path

from instruction.second_looks import api

urlpatterns: list[URLPattern] = [
    path("second-looks/", api.SecondLookList.as_view(), name="api-second-look-list"),
    path("second-looks/<uuid:uid>/", api.SecondLookDetail.as_view(), name="api-second-look"),
    path("second-looks/<uuid:uid>/outcome/", api.SecondLookOutcome.as_view(), name="api-second-look-outcome"),
]
