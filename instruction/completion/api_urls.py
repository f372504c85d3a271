from django.urls import URLPattern, path

from instruction.completion import api

urlpatterns: list[URLPattern] = [
    path("expectations/", api.Expectations.as_view(), name="api-expectations"),
]
