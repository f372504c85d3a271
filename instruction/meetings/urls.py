from django.urls import path

from instruction.meetings import decision_views, exports, views

urlpatterns = [
    path("meetings/", views.meeting_list, name="meeting-list"),
    path("meetings/<uuid:uid>/", views.meeting, name="meeting"),
    path("meetings/<uuid:uid>/record/", views.meeting_change, name="meeting-change"),
    path("meetings/<uuid:uid>/decisions/", decision_views.decision_add, name="decision-add"),
    path("meetings/<uuid:uid>/pack.csv", exports.pack_csv, name="meeting-csv"),
    path("meetings/<uuid:uid>/pack.xlsx", exports.pack_workbook, name="meeting-workbook"),
    path("decisions/", decision_views.decision_list, name="decision-list"),
    path("decisions/<uuid:uid>/", decision_views.decision_change, name="decision-change"),
    path("decisions.csv", exports.decisions_csv, name="decision-csv"),
    path("decisions.xlsx", exports.decisions_workbook, name="decision-workbook"),
]
