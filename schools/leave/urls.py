from django.urls import path

from schools.leave import views

urlpatterns = [
    path("leave/", views.leave_list, name="leave-list"),
    path("leave/export.csv", views.leave_export, name="leave-export"),
    path("leave/<uuid:uid>/", views.leave_change, name="leave-change"),
]
