from django.urls import URLPattern, path

from instruction.leadership import saying_views, views

urlpatterns: list[URLPattern] = [
    # /leadership/
    path("leadership/", views.leadership_list, name="leadership"),
    path("leadership/how/", views.leadership_how, name="leadership-how"),
    path("leadership/export.csv", views.leadership_csv, name="leadership-csv"),
    path("leadership/export.xlsx", views.leadership_workbook, name="leadership-workbook"),
    path("leadership/<uuid:uid>/", views.leadership_of, name="leadership-of"),
    # /self-assessments/
    path("self-assessments/", saying_views.assessments, name="assessments"),
    path("self-assessments/begin/", saying_views.begin, name="assessment-begin"),
    path("self-assessments/<uuid:uid>/", saying_views.assessment, name="assessment"),
    path("self-assessments/<uuid:uid>/share/", saying_views.share, name="assessment-share"),
    path("self-assessments/<uuid:uid>/discard/", saying_views.discard, name="assessment-discard"),
]
