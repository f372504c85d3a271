from django.urls import URLPattern, path

from instruction.observing import api

urlpatterns: list[URLPattern] = [
    path("observation-records/<uuid:uid>/", api.RecordDetail.as_view(), name="api-record"),
]
