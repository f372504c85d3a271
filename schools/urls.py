from django.urls import path

from alignment_dash.folders import by_folder
from schools.account_rules import views as account_rules_views
from schools.feeds.urls import urlpatterns as feeds
from schools.hand_edits import views as hand_edits_views
from schools.imports import views
from schools.leave.urls import urlpatterns as leave
from schools.role_words import rules_views as role_rules_views
from schools.role_words import views as roster_words_views

app_name = "schools"
routes = [
    path("roster-imports/", views.roster_import_list, name="roster-import-list"),
    *feeds,
    *leave,
    path("roster-imports/hold-limits/", views.roster_hold_limits, name="roster-hold-limits"),
    # /roster-imports/<uid>/
    path("roster-imports/<uuid:uid>/", views.roster_import_detail, name="roster-import-detail"),
    path("roster-imports/<uuid:uid>/approve/", views.roster_import_approve, name="roster-import-approve"),
    path("roster-imports/<uuid:uid>/abort/", views.roster_import_abort, name="roster-import-abort"),
    path("roster-imports/<uuid:uid>/retry/", views.roster_import_retry, name="roster-import-retry"),
    path("roster-imports/<uuid:uid>/revert/", views.roster_import_revert, name="roster-import-revert"),
    path("role-words/", roster_words_views.role_word_list, name="role-word-list"),
    path("role-words/people/", roster_words_views.role_word_people, name="role-word"),
    path("role-words/<uuid:uid>/undo/", roster_words_views.role_undo, name="role-undo"),
    path("role-rules/", role_rules_views.role_rule_list, name="role-rule-list"),
    path("role-rules/add/", role_rules_views.role_rule_add, name="role-rule-add"),
    path("role-rules/<uuid:uid>/", role_rules_views.role_rule_edit, name="role-rule-edit"),
    path("role-rules/<uuid:uid>/place/", role_rules_views.role_rule_place, name="role-rule-place"),
    path("role-rules/<uuid:uid>/remove/", role_rules_views.role_rule_remove, name="role-rule-remove"),
    path("role-rules/<uuid:uid>/apply/", role_rules_views.role_rule_apply, name="role-rule-apply"),
    path("accounts/rules/", account_rules_views.account_rule_list, name="account-rule-list"),
    path(
        "accounts/rules/<slug:staff_role>/<slug:role>/", account_rules_views.account_rule, name="account-rule"
    ),
    path("roster-edits/", hand_edits_views.edit_list, name="edit-list"),
    path("roster-edits/give-back/", hand_edits_views.edit_give_back, name="edit-give-back"),
    path("roster-edits/places/<uuid:uid>/", hand_edits_views.edit_org, name="edit-org"),
    path("roster-edits/people/<uuid:uid>/", hand_edits_views.edit_person, name="edit-person"),
    path("roster-edits/courses/<uuid:uid>/", hand_edits_views.edit_course, name="edit-course"),
    path("roster-edits/sections/<uuid:uid>/", hand_edits_views.edit_section, name="edit-section"),
]
urlpatterns = by_folder(routes)
