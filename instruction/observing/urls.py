from django.urls import URLPattern, path

from instruction.observing import views, walks_views
from instruction.observing.entry.urls import urlpatterns as entry_urls

urlpatterns: list[URLPattern] = [
    # /observations/
    path("observations/", views.records, name="records"),
    *entry_urls,
    path("observations/unlock-requests/", views.unlock_requests, name="unlock-requests"),
    path("observations/unlock-requests/<uuid:uid>/", views.unlock_answer, name="unlock-answer"),
    path("observations/<uuid:uid>/", views.record, name="record"),
    *[
        path(f"observations/<uuid:uid>/{act}/", view, name=f"record-{act}")
        for act, view in views.ACTS.items()
    ],
    # /schools/<uid>/
    path("schools/<uuid:uid>/observations/", views.school_records, name="school-records"),
    path("schools/<uuid:uid>/walks/", walks_views.school_walks, name="school-walks"),
    path("schools/<uuid:uid>/walks.csv", walks_views.school_walks_export, name="school-walks-export"),
]
