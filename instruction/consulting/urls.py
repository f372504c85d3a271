from django.urls import path

from instruction.consulting import focus_views, review_views, source_views, views

urlpatterns = [
    # /framework/drafts/<uid of the version>/
    path("framework/drafts/", views.consultation_list, name="consultation-list"),
    path("framework/drafts/<uuid:uid>/", views.consultation, name="consultation"),
    path("framework/drafts/<uuid:uid>/comments/", views.consultation_comment, name="consultation-comment"),
    path("framework/drafts/<uuid:uid>/votes/", views.consultation_votes, name="consultation-votes"),
    path("framework/drafts/<uuid:uid>/days/", views.consultation_days, name="consultation-days"),
    path("framework/drafts/<uuid:uid>/comments.csv", views.consultation_export, name="consultation-export"),
    path(
        "framework/drafts/<uuid:uid>/comments/<uuid:comment>/",
        views.consultation_answer,
        name="consultation-answer",
    ),
    path("framework/focus/", focus_views.focus, name="focus"),
    path("framework/review/<uuid:uid>/", review_views.framework_review, name="framework-review"),
    path("schools/<uuid:uid>/focus/", focus_views.school_focus, name="school-focus"),
    path("elements/<uuid:uid>/sources/", source_views.element_sources, name="element-sources"),
    path("sources/<uuid:uid>/remove/", source_views.source_remove, name="source-remove"),
]
