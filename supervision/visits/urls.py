from django.urls import URLPattern, path

from supervision.visits import exports, views, visit_views, writing_views

urlpatterns: list[URLPattern] = [
    # /visits/
    path("visits/", views.visit_list, name="visits"),
    path("visits/export.csv", exports.visits_csv, name="visits-csv"),
    path("visits/export.xlsx", exports.visits_workbook, name="visits-workbook"),
    path("visits/mine/", views.my_visits, name="my-visits"),
    path("visits/notes/", views.my_notes, name="my-notes"),
    path("visits/notes/<uuid:uid>/", writing_views.note_change, name="note-change"),
    path("visits/prepare/<uuid:school_uid>/", views.prepare, name="visit-sheet-of-school"),
    path("visits/prepare/<uuid:school_uid>/<uuid:principal_uid>/", views.prepare, name="visit-sheet"),
    path("visits/plan/<uuid:school_uid>/<uuid:principal_uid>/", visit_views.plan, name="visit-plan"),
    path("visits/record/<uuid:school_uid>/<uuid:principal_uid>/", visit_views.record, name="visit-record"),
    path("visits/commitments/", views.commitment_list, name="commitments"),
    path("visits/commitments/export.csv", exports.commitments_csv, name="commitments-csv"),
    path("visits/commitments/export.xlsx", exports.commitments_workbook, name="commitments-workbook"),
    path(
        "visits/commitments/to/<uuid:school_uid>/<uuid:principal_uid>/", writing_views.commit, name="commit"
    ),
    path("visits/commitments/<uuid:uid>/", writing_views.commitment_change, name="commitment-change"),
    path("visits/commitments/<uuid:uid>/end/", writing_views.commitment_end, name="commitment-end"),
    path("visits/<uuid:uid>/", visit_views.detail, name="visit"),
    path("visits/<uuid:uid>/done/", visit_views.done, name="visit-done"),
    path("visits/<uuid:uid>/change/", visit_views.change, name="visit-change"),
    path("visits/<uuid:uid>/cancel/", visit_views.cancel, name="visit-cancel"),
    path("visits/<uuid:uid>/restore/", visit_views.restore, name="visit-restore"),
    path("visits/<uuid:uid>/notes/", writing_views.note_add, name="note-add"),
]
