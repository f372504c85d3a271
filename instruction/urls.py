from django.urls import path

from alignment_dash.folders import by_folder
from instruction import views
from instruction.calibrating.urls import urlpatterns as calibrating_urls
from instruction.completion.urls import urlpatterns as completion_urls
from instruction.consulting.urls import urlpatterns as consulting_urls
from instruction.defining.urls import urlpatterns as defining_urls
from instruction.leadership.urls import urlpatterns as leadership_urls
from instruction.meetings.urls import urlpatterns as meetings_urls
from instruction.observing.urls import urlpatterns as observing_urls
from instruction.school_plans.urls import urlpatterns as school_plans_urls
from instruction.second_looks.urls import urlpatterns as second_looks_urls
from instruction.visiting.views import visiting_observers

app_name = "instruction"
routes = [
    # /capacity/
    path("capacity/", views.capacity_map, name="capacity-map"),
    path("capacity/export.csv", views.capacity_export, name="capacity-export"),
    path("capacity/district/", views.district, name="district"),
    path("capacity/tiers/", views.tiers, name="tiers"),
    path("capacity/certainty/", views.certainty, name="certainty"),
    path("capacity/certainty/export.csv", views.certainty_completion, name="certainty-export"),
    path("capacity/observers/", views.observers, name="observers"),
    path("capacity/evidence-plan/", views.evidence_plan, name="evidence-plan"),
    path("capacity/evidence-plan/export.csv", views.evidence_plan_export, name="evidence-plan-export"),
    path("capacity/tiers/export.csv", views.tiers_export, name="tiers-export"),
    path("capacity/visiting-observers/", visiting_observers, name="visiting-observers"),
    path("capacity/<uuid:school_uid>/<uuid:element_uid>/", views.derivation, name="derivation"),
    path("framework/", views.framework, name="framework"),
    path("capacity/how/", views.how_computed, name="how-computed"),
    # /schools/<uid>/, /elements/<uid>/
    path("schools/<uuid:uid>/", views.school, name="school"),
    path("schools/<uuid:uid>/not-observed/", views.not_observed, name="not-observed"),
    path("schools/<uuid:uid>/elements.csv", views.school_export, name="school-export"),
    path("schools/<uuid:uid>/plan/", views.school_plan, name="school-plan"),
    path("elements/<uuid:uid>/", views.element, name="element"),
    path("targets/", views.targets, name="targets"),
    path("targets/export.csv", views.targets_export, name="targets-export"),
    path("my-evidence/", views.my_evidence, name="my-evidence"),
    # /who-may-see/
    path("who-may-see/", views.who_may_see_me, name="who-may-see-me"),
    path("who-may-see/<uuid:uid>/", views.who_may_see, name="who-may-see"),
    # /observation-imports/
    path("observation-imports/", views.observation_import_list, name="observation-import-list"),
    # /observation-imports/waiting/, aliases/, mappings/
    path("observation-imports/waiting/", views.observation_waiting, name="observation-waiting"),
    path(
        "observation-imports/waiting/<uuid:uid>/",
        views.observation_waiting_resolve,
        name="observation-waiting-resolve",
    ),
    path("observation-imports/aliases/", views.alias_list, name="alias-list"),
    path("observation-imports/aliases/<uuid:uid>/", views.alias_change, name="alias-change"),
    path("observation-imports/mappings/", views.import_mapping_list, name="import-mapping-list"),
    path(
        "observation-imports/mappings/<uuid:uid>/remove/",
        views.import_mapping_remove,
        name="import-mapping-remove",
    ),
    # /observation-imports/<uid>/, and the steps of a file of another product
    path(
        "observation-imports/<uuid:uid>/", views.observation_import_detail, name="observation-import-detail"
    ),
    *[
        path(f"observation-imports/<uuid:uid>/{step}/", view, name=f"observation-import-{step}")
        for step, view in (
            ("columns", views.observation_import_columns),
            ("values", views.observation_import_values),
            ("preview", views.observation_import_preview),
            ("discard", views.observation_import_discard),
        )
    ],
    path(
        "observation-imports/<uuid:uid>/mapping/<uuid:mapping>/",
        views.observation_import_use_mapping,
        name="observation-import-use-mapping",
    ),
    *defining_urls,
    *consulting_urls,
    *observing_urls,
    *completion_urls,
    *calibrating_urls,
    *school_plans_urls,
    *second_looks_urls,
    *meetings_urls,
    *leadership_urls,
]
urlpatterns = by_folder(routes)
