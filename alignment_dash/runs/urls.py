from django.urls import path

from alignment_dash.runs import views

app_name = "runs"
urlpatterns = [
    path("", views.run_list, name="run-list"),
    path("request", views.run_request, name="run-request"),
    path("<uuid:uid>/", views.run_detail, name="run-detail"),
]
