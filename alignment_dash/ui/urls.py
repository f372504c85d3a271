from django.urls import path

from alignment_dash.ui import gallery, views

app_name = "ui"
urlpatterns = [
    path("", views.home, name="home"),
    path("components/", gallery.gallery, name="gallery"),
]
