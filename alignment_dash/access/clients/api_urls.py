from django.urls import path

from alignment_dash.access.clients import api

urlpatterns = [path("oauth/token/", api.TokenView.as_view(), name="api-oauth-token")]
