from django.urls import URLPattern, path

from instruction.second_looks import views

urlpatterns: list[URLPattern] = [
    # /second-looks/
    path("second-looks/", views.looks, name="second-looks"),
    path("second-looks/export.csv", views.looks_export, name="second-looks-export"),
    path(
        "second-looks/record/<uuid:school_uid>/<uuid:element_uid>/", views.record, name="second-look-record"
    ),
    path("second-looks/<uuid:uid>/", views.change, name="second-look-change"),
    path("second-looks/<uuid:uid>/outcome/", views.outcome, name="second-look-outcome"),
]
