from django.urls import URLPattern, path

from instruction.completion import views
from instruction.views import certainty_workbook

urlpatterns: list[URLPattern] = [
    path("capacity/expectations/", views.expectations, name="expectations"),
    path("capacity/expectations/export.csv", views.expectations_export, name="expectations-export"),
    path("capacity/my-observing/", views.my_observing, name="my-observing"),
    path("capacity/certainty/export.xlsx", certainty_workbook, name="certainty-workbook"),
]
