from django.urls import path

from alignment_dash.access.clients import views

app_name = "clients"
urlpatterns = [
    path("", views.client_list, name="client-list"),
    path("add/", views.client_add, name="client-add"),
    path("<uuid:uid>/", views.client_detail, name="client-detail"),
    path("<uuid:uid>/change/", views.client_change, name="client-change"),
    path("<uuid:uid>/rotate/", views.client_rotate, name="client-rotate"),
    path("<uuid:uid>/disable/", views.client_disable, name="client-disable"),
]
