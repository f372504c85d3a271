from django.urls import path

from alignment_dash.access.trace import views

app_name = "trace"
urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/export.csv", views.audit_export, name="audit-export"),
    path("page-use/", views.page_use, name="page-use"),
    path("who-sees-what", views.who_sees_what, name="who-sees-what"),
]
