from django.urls import path

from alignment_dash.access.persondata import views

app_name = "persondata"
urlpatterns = [
    path("", views.search, name="search"),
    path("retention", views.retention_page, name="retention"),
    path("erasures/<uuid:uid>", views.decide, name="decide"),
    path("<uuid:uid>", views.detail, name="detail"),
    path("<uuid:uid>/export", views.export_zip, name="export"),
    path("<uuid:uid>/erase", views.erase, name="erase"),
]
