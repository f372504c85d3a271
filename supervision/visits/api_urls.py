from django.urls import URLPattern, path

from supervision.visits import api, commitments_api

urlpatterns: list[URLPattern] = [
    path("visits/", api.VisitList.as_view(), name="api-visit-list"),
    path("visits/<uuid:uid>/", api.VisitDetail.as_view(), name="api-visit"),
    path("visits/<uuid:uid>/done/", api.VisitDone.as_view(), name="api-visit-done"),
    path("visits/<uuid:uid>/notes/", api.VisitNotes.as_view(), name="api-visit-notes"),
    path("visit-notes/<uuid:uid>/", api.VisitNoteDetail.as_view(), name="api-visit-note"),
    path("commitments/", commitments_api.CommitmentList.as_view(), name="api-commitment-list"),
    path("commitments/<uuid:uid>/", commitments_api.CommitmentDetail.as_view(), name="api-commitment"),
]
