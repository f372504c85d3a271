from django.urls import path

from instruction.observing.entry import views

urlpatterns = [
    # /observations/new/, /observations/<uid>/write/
    path("observations/new/", views.record_new, name="record-new"),
    path("observations/<uuid:uid>/write/", views.record_write, name="record-write"),
]
