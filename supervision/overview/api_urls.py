from django.urls import path

from supervision.overview import api

urlpatterns = [
    path("my-principals/", api.MyPrincipals.as_view(), name="api-my-principals"),
    path("principal-supervisors/", api.PrincipalSupervisors.as_view(), name="api-principal-supervisors"),
]
