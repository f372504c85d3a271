"""Tell people what they should know: on the pages, by mail at once, or in one weekly mail."""

from django.urls import path

from alignment_dash.notices import views

app_name = "notices"
urlpatterns = [
    path("", views.notice_list, name="notice-list"),
    path("read/", views.read_all, name="read-all"),
    path("preferences/", views.preferences, name="preferences"),
    path("mail/", views.mail, name="mail"),
    path("<uuid:uid>/read/", views.read, name="read"),
]
