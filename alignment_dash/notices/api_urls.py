"""Notices over REST."""

from django.urls import path

from alignment_dash.notices import api

urlpatterns = [
    path("notices/", api.NoticeList.as_view(), name="api-notices"),
    path("notices/read/", api.NoticesRead.as_view(), name="api-notices-read"),
    path("notices/<uuid:uid>/read/", api.NoticeRead.as_view(), name="api-notice-read"),
    path("notice-preferences/", api.NoticePreferences.as_view(), name="api-notice-preferences"),
]
