from django.urls import path

from alignment_dash.folders import by_folder
from schools.imports import api
from schools.imports import decisions_api as decisions
from schools.leave import api as leave_api
from schools.role_words import api as roster_words_api
from schools.role_words import rules_api as role_rules_api

routes = [
    path("roster-imports/", api.RosterImportList.as_view(), name="api-roster-import-list"),
    path("roster-imports/<uuid:uid>/", api.RosterImportDetail.as_view(), name="api-roster-import-detail"),
    path(
        "roster-imports/<uuid:uid>/findings/",
        api.RosterImportFindings.as_view(),
        name="api-roster-import-finding-list",
    ),
    path(
        "roster-imports/<uuid:uid>/findings.csv",
        api.RosterImportFindingsCsv.as_view(),
        name="api-roster-import-findings",
    ),
    path("roster-imports/<uuid:uid>/plan/", api.RosterImportPlan.as_view(), name="api-roster-import-plan"),
    *[
        path(f"roster-imports/<uuid:uid>/{name}/", view.as_view(), name=f"api-roster-import-{name}")
        for name, view in (
            ("approve", decisions.RosterImportApprove),
            ("abort", decisions.RosterImportAbort),
            ("revert", decisions.RosterImportRevert),
            ("retry", decisions.RosterImportRetry),
        )
    ],
    path("roster-unmatched/", roster_words_api.WaitingRoleList.as_view(), name="api-waiting-role-list"),
    path("roster-unmatched/words/", roster_words_api.WaitingWordList.as_view(), name="api-waiting-word-list"),
    path(
        "roster-unmatched/<uuid:uid>/",
        roster_words_api.WaitingRoleDetail.as_view(),
        name="api-waiting-role-detail",
    ),
    path("leave/", leave_api.LeaveList.as_view(), name="api-leave-list"),
    path("leave/<uuid:uid>/", leave_api.LeaveDetail.as_view(), name="api-leave-detail"),
    path("role-rules/", role_rules_api.RoleRuleList.as_view(), name="api-role-rule-list"),
    path("role-rules/<uuid:uid>/", role_rules_api.RoleRuleDetail.as_view(), name="api-role-rule-detail"),
]
urlpatterns = by_folder(routes)
