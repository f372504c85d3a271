"""The REST API: its schema, its browsable documentation, and version 1 of its routes."""

from django.urls import include, path

from alignment_dash.ui import apidocs

urlpatterns = [
    path("schema/", apidocs.SchemaView.as_view(), name="api-schema"),
    path("docs/", apidocs.reference, name="api-docs"),
    path("v1/", include("alignment_dash.access.clients.api_urls")),
    path("v1/", include("schools.api_urls")),
    path("v1/", include("instruction.api_urls")),
    path("v1/", include("supervision.api_urls")),
    path("v1/", include("alignment_dash.notices.api_urls")),
    path("v1/", include("alignment_dash.runs.api_urls")),
]
