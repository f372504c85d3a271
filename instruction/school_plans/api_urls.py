from django.urls import URLPattern, path

from instruction.school_plans import api

urlpatterns: list[URLPattern] = [
    path("school-plans/<uuid:uid>/", api.SchoolPlanDetail.as_view(), name="api-school-plan"),
    path("school-plans/<uuid:uid>/share/", api.SchoolPlanShare.as_view(), name="api-school-plan-share"),
    path("school-plans/<uuid:uid>/actions/", api.SchoolPlanActions.as_view(), name="api-school-plan-actions"),
    path(
        "school-plans/<uuid:uid>/actions/<uuid:action>/",
        api.SchoolPlanAction.as_view(),
        name="api-school-plan-action",
    ),
    path(
        "school-plans/<uuid:uid>/requests/", api.SchoolPlanRequests.as_view(), name="api-school-plan-requests"
    ),
    path(
        "school-plans/<uuid:uid>/requests/<uuid:support>/",
        api.SchoolPlanRequest.as_view(),
        name="api-school-plan-request",
    ),
    path(
        "school-plans/<uuid:uid>/at/<slug:moment>/",
        api.SchoolPlanMoment.as_view(),
        name="api-school-plan-moment",
    ),
    path("support-requests/", api.SupportRequestList.as_view(), name="api-support-request-list"),
    path(
        "support-requests/<uuid:uid>/answer/",
        api.SupportRequestAnswer.as_view(),
        name="api-support-request-answer",
    ),
]
