from django.urls import URLPattern, path

from instruction.leadership import api

urlpatterns: list[URLPattern] = [
    path("leadership/", api.LeadershipList.as_view(), name="api-leadership-list"),
    path("leadership/<uuid:uid>/", api.LeadershipDetail.as_view(), name="api-leadership-detail"),
    path("self-assessments/", api.SelfAssessments.as_view(), name="api-self-assessments"),
    path("self-assessments/<uuid:uid>/", api.SelfAssessmentDetail.as_view(), name="api-self-assessment"),
    path(
        "self-assessments/<uuid:uid>/share/",
        api.SelfAssessmentShare.as_view(),
        name="api-self-assessment-share",
    ),
]
