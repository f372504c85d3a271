from django.urls import URLPattern, path

from instruction.defining import api

urlpatterns: list[URLPattern] = [
    path("frameworks/", api.FrameworkList.as_view(), name="api-framework-list"),
    path("frameworks/<uuid:uid>/", api.FrameworkDetail.as_view(), name="api-framework-detail"),
    path(
        "framework-versions/<uuid:uid>/", api.FrameworkVersionDetail.as_view(), name="api-framework-version"
    ),
    path(
        "framework-versions/<uuid:uid>/publish/", api.FrameworkPublish.as_view(), name="api-framework-publish"
    ),
    path("framework-versions/<uuid:uid>/retire/", api.FrameworkRetire.as_view(), name="api-framework-retire"),
]
