from django.urls import URLPattern, path

from supervision.growth import api

urlpatterns: list[URLPattern] = [
    # /api/v1/supervisor-support/
    path("supervisor-support/", api.SupportList.as_view(), name="api-supervisor-support-list"),
    path("supervisor-support/<uuid:uid>/", api.SupportDetail.as_view(), name="api-supervisor-support-detail"),
]
