from django.urls import path

from alignment_dash.access.acting import views

app_name = "acting"
urlpatterns = [
    path("", views.choose, name="choose"),
    path("stop", views.stop, name="stop"),
    path("<uuid:uid>", views.start, name="start"),
]
