from django.urls import path

from schools.feeds import views

urlpatterns = [
    path("roster-imports/feeds/", views.feed_list, name="feed-list"),
    path("roster-imports/feeds/add/", views.feed_add, name="feed-add"),
    path("roster-imports/feeds/<uuid:uid>/", views.feed_detail, name="feed-detail"),
    path("roster-imports/feeds/<uuid:uid>/edit/", views.feed_edit, name="feed-edit"),
    path("roster-imports/feeds/<uuid:uid>/pull/", views.feed_pull, name="feed-pull"),
    path("roster-imports/feeds/<uuid:uid>/test/", views.feed_test, name="feed-test"),
]
