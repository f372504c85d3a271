from django.urls import URLPattern, path

from instruction.observing import api

_ACTS = (
    ("share", api.RecordShare),
    ("open", api.RecordOpen),
    ("lock", api.RecordLock),
    ("unlock-request", api.RecordUnlockRequest),
    ("acknowledge", api.RecordAcknowledge),
    ("reply", api.RecordReplies),
)
urlpatterns: list[URLPattern] = [
    path("observation-records/", api.RecordList.as_view(), name="api-record-list"),
    path("observation-records/<uuid:uid>/", api.RecordDetail.as_view(), name="api-record"),
    *[
        path(f"observation-records/<uuid:uid>/{act}/", view.as_view(), name=f"api-record-{act}")
        for act, view in _ACTS
    ],
]
