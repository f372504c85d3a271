from django.urls import path

from instruction.calibrating import views

urlpatterns = [
    # /calibration/
    path("calibration/", views.exercises, name="calibration"),
    path("calibration/new/", views.new_exercise, name="calibration-new"),
    path("calibration/observers/", views.observers_page, name="calibration-observers"),
    path("calibration/standard/", views.standard_page, name="calibration-standard"),
    # /calibration/<uid>/
    path("calibration/<uuid:uid>/", views.exercise, name="calibration-exercise"),
    path("calibration/<uuid:uid>/results/", views.exercise_results, name="calibration-results"),
    path("calibration/<uuid:uid>/comments/", views.comment, name="calibration-comment"),
    path("calibration/<uuid:uid>/prepare/", views.prepare, name="calibration-prepare"),
    path("calibration/<uuid:uid>/references/", views.references, name="calibration-references"),
    path("calibration/<uuid:uid>/invitations/", views.invitations, name="calibration-invitations"),
    path("calibration/<uuid:uid>/state/", views.state, name="calibration-state"),
    path("calibration/<uuid:uid>/export.csv", views.exercise_export, name="calibration-export"),
]
