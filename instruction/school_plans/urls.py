from django.urls import URLPattern, path

from instruction.school_plans import request_views, views

urlpatterns: list[URLPattern] = [
    # /schools/<uid>/plan/ itself is instruction.views.school_plan
    path("schools/<uuid:uid>/plan/begin/", views.begin, name="school-plan-begin"),
    path("schools/<uuid:uid>/plan/share/", views.share, name="school-plan-share"),
    path("schools/<uuid:uid>/plan/actions/add/", views.action, name="school-plan-action-add"),
    path("schools/<uuid:uid>/plan/actions/<uuid:action>/", views.action, name="school-plan-action"),
    path("schools/<uuid:uid>/plan/requests/add/", views.support, name="school-plan-request-add"),
    path("schools/<uuid:uid>/plan/requests/<uuid:support>/", views.support, name="school-plan-request"),
    path("schools/<uuid:uid>/plan/at/<slug:moment>/", views.moment, name="school-plan-moment"),
    path("schools/<uuid:uid>/plan/at/<slug:moment>/fill/", views.fill, name="school-plan-fill"),
    path("school-plans/", request_views.plans, name="school-plans"),
    # /support-requests/
    path("support-requests/", request_views.requests, name="support-requests"),
    path(
        "support-requests/export.<slug:kind>", request_views.requests_export, name="support-requests-export"
    ),
    path("support-requests/<uuid:uid>/", request_views.answer, name="support-request-answer"),
]
