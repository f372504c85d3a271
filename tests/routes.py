"""Every route of the product, what it shows or does, and on whom: the table that the walk compares with.

A new route without a row here fails `tests/access/test_walk.py`. What each role may do follows from the
written policy (alignment_dash/access/policy.py) and from where the cast of `small_district` stands, worked out
here on its own and not by the code under test.
"""

from typing import Any

from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from tests.factories import SmallDistrict
from tests.instruction.calibrating import routes as calibrating
from tests.instruction.completion import routes as completion
from tests.instruction.consulting import routes as consulting
from tests.instruction.defining import routes as defining
from tests.instruction.leadership import routes as leadership
from tests.instruction.meetings import routes as meetings
from tests.instruction.observing import routes as observing
from tests.instruction.school_plans import routes as school_plans
from tests.instruction.second_looks import routes as second_looks
from tests.notices import routes as notices
from tests.route import Route, school
from tests.supervision.balancing import routes as balancing
from tests.supervision.calendars import routes as calendars
from tests.supervision.growth import routes as growth
from tests.supervision.overview import routes as overview
from tests.supervision.principal_bench import routes as principal_bench
from tests.supervision.timelog import routes as timelog
from tests.supervision.visits import routes as visits


def _one_person(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": district.teachers[district.schools[0].pk][1].uid}


def _erasure(district: SmallDistrict) -> Any:
    from alignment_dash.access.persondata.models import Erasure

    return Erasure.objects.get_or_create(subject_uid=_one_person(district)["uid"], withdrawn_at=None)[0]


def _helped(district: SmallDistrict) -> dict[str, Any]:
    return {"uid": district.users[Role.TEACHER].uid}


ROUTES = [
    *defining.ROUTES,
    *consulting.ROUTES,
    *observing.ROUTES,
    *completion.ROUTES,
    *calibrating.ROUTES,
    *school_plans.ROUTES,
    *second_looks.ROUTES,
    *meetings.ROUTES,
    *leadership.ROUTES,
    *notices.ROUTES,
    *balancing.ROUTES,
    *timelog.ROUTES,
    *calendars.ROUTES,
    *visits.ROUTES,
    *growth.ROUTES,
    *overview.ROUTES,
    *principal_bench.ROUTES,
    Route("ui:home"),
    Route("ui:gallery", Data.COMPONENTS),
    Route("trace:audit", Data.AUDIT),
    Route("trace:audit", Data.AUDIT, query="?group=views&who=principal&about=alder&before=nonsense"),
    Route("trace:audit-export", Data.AUDIT, Action.EXPORT, page=False),
    Route("trace:page-use", Data.USAGE),
    Route("trace:who-sees-what"),
    Route("health", public=True, page=False),
    Route("login", public=True, ok_signed_in=302),
    Route("logout", public=True, method="post", ok=302, page=False),
    # The same two by the names that allauth knows.
    Route("account_login", public=True, ok_signed_in=302, page=False),
    Route("account_logout", public=True, method="post", ok=302, page=False),
    Route("account_reauthenticate", page=False),
    # No provider is set up in tests; tests/access/signin has its own.
    *[
        Route(name, public=True, kwargs=lambda district: {"provider_id": "google"}, ok=404, page=False)
        for name in ("openid_connect_login", "openid_connect_callback")
    ],
    Route("account_change_password"),
    Route("account_change_password", method="post", ok=400, page=False),
    Route("password-set", public=True, ok=404, page=False),
    Route("mfa_index"),
    # At sign-in, after the password or instead of it.
    Route("mfa_authenticate", public=True, ok=302, page=False),
    Route("mfa_login_webauthn", public=True, ok=302, page=False),
    # The cast has no passwords, and so no sign-in of ours to set a second factor beside.
    *[
        Route(name, kwargs=lambda district, kwargs=kwargs: kwargs, method="post", ok=404, page=False)
        for name, kwargs in (
            ("mfa_reauthenticate", {}),
            ("mfa_reauthenticate_webauthn", {}),
            ("mfa_activate_totp", {}),
            ("mfa_deactivate_totp", {}),
            ("mfa_view_recovery_codes", {}),
            ("mfa_generate_recovery_codes", {}),
            ("mfa_add_webauthn", {}),
            ("mfa_edit_webauthn", {"pk": 1}),
            ("mfa_remove_webauthn", {"pk": 1}),
        )
    ],
    Route("api-schema", page=False),
    Route("api-docs"),
    Route("acting:choose", Data.ACT_AS, action=Action.CHANGE, query="?q=teacher"),
    Route("acting:start", Data.ACT_AS, action=Action.CHANGE, kwargs=lambda district: _helped(district)),
    Route(
        "acting:start",
        Data.ACT_AS,
        kwargs=lambda district: _helped(district),
        method="post",
        body=lambda district: {"why": "asked for help with the map"},
        ok=302,
        page=False,
    ),
    Route("acting:stop", method="post", ok=302, page=False),
    Route("persondata:search", Data.PERSON_DATA, query="?q=teacher"),
    Route("persondata:detail", Data.PERSON_DATA, kwargs=lambda district: _one_person(district)),
    Route(
        "persondata:export",
        Data.PERSON_DATA,
        action=Action.EXPORT,
        kwargs=lambda district: _one_person(district),
        method="post",
        body=lambda district: {"why": "request 12"},
        page=False,
    ),
    Route(
        "persondata:erase",
        Data.PERSON_DATA,
        kwargs=lambda district: _one_person(district),
        method="post",
        ok=400,
        page=False,
    ),
    Route(
        "persondata:decide",
        Data.PERSON_DATA,
        kwargs=lambda district: {"uid": _erasure(district).uid},
        method="post",
        body=lambda district: {"act": "withdraw"},
        ok=302,
        page=False,
    ),
    Route("persondata:retention", Data.PERSON_DATA),
    Route(
        "persondata:retention",
        Data.PERSON_DATA,
        method="post",
        body=lambda district: {"runs": "1"},
        ok=400,
        page=False,
    ),
    Route("api-oauth-token", public=True, method="post", ok=400, page=False),
    Route("clients:client-list", Data.ACCOUNTS, kwargs=lambda district: _client() and {}),
    Route("clients:client-add", Data.ACCOUNTS),
    Route("clients:client-add", Data.ACCOUNTS, method="post", ok=400, page=False),
    *[
        Route(f"clients:client-{name}", Data.ACCOUNTS, kwargs=lambda district: {"uid": _client().uid})
        for name in ("detail", "change")
    ],
    *[
        Route(
            f"clients:client-{name}",
            Data.ACCOUNTS,
            kwargs=lambda district: {"uid": _client().uid},
            method="post",
            ok=ok,
            page=False,
        )
        for name, ok in (("change", 400), ("rotate", 400), ("disable", 302))
    ],
    Route("schools:roster-import-list", Data.IMPORTS),
    Route("schools:feed-list", Data.IMPORTS),
    Route("schools:feed-add", Data.IMPORTS),
    Route("schools:feed-add", Data.IMPORTS, method="post", ok=400, page=False),
    *(
        Route(name, Data.IMPORTS, kwargs=lambda district: {"uid": _feed().uid})
        for name in ("schools:feed-detail", "schools:feed-edit")
    ),
    Route(
        "schools:feed-edit",
        Data.IMPORTS,
        kwargs=lambda district: {"uid": _feed().uid},
        method="post",
        ok=400,
        page=False,
    ),
    *(
        Route(
            name,
            Data.IMPORTS,
            kwargs=lambda district: {"uid": _feed().uid},
            method="post",
            ok=302,
            page=False,
        )
        for name in ("schools:feed-pull", "schools:feed-test")
    ),
    Route("schools:roster-import-list", Data.IMPORTS, method="post", ok=400, page=False),
    Route("schools:roster-import-detail", Data.IMPORTS, kwargs=lambda district: {"uid": _roster().uid}),
    *[
        Route(
            f"schools:roster-import-{name}",
            Data.IMPORTS,
            kwargs=lambda district: _held(),
            method="post",
            ok=ok,
            page=False,
        )
        for name, ok in (("approve", 409), ("abort", 302), ("retry", 409), ("revert", 409))
    ],
    Route("schools:roster-import-revert", Data.IMPORTS, kwargs=lambda district: _held()),
    Route("schools:roster-hold-limits", Data.IMPORTS),
    Route("schools:roster-hold-limits", Data.IMPORTS, method="post", ok=400, page=False),
    Route("api-roster-import-list", Data.IMPORTS, page=False),
    Route("api-roster-import-list", Data.IMPORTS, method="post", ok=400, page=False),
    *[
        Route(name, Data.IMPORTS, kwargs=lambda district: {"uid": _roster().uid}, page=False)
        for name in (
            "api-roster-import-detail",
            "api-roster-import-finding-list",
            "api-roster-import-findings",
        )
    ],
    Route(
        "api-roster-import-plan",
        Data.IMPORTS,
        kwargs=lambda district: {"uid": _roster(state="held", plan_hash="0" * 64).uid},
        page=False,
    ),
    *[
        Route(
            f"api-roster-import-{name}",
            Data.IMPORTS,
            kwargs=lambda district: {"uid": _roster().uid},
            method="post",
            ok=ok,
            page=False,
        )
        for name, ok in (("approve", 400), ("abort", 200), ("revert", 409), ("retry", 409))
    ],
    Route(
        "api-roster-import-revert",
        Data.IMPORTS,
        kwargs=lambda district: {"uid": _roster(state="applied").uid},
        page=False,
    ),
    Route("schools:role-word-list", Data.IMPORTS, kwargs=lambda district: _waiting(district, {})),
    Route("schools:role-word", Data.IMPORTS, kwargs=lambda district: _waiting(district, {})),
    Route(
        "schools:role-word",
        Data.IMPORTS,
        kwargs=lambda district: _waiting(district, {}),
        query="?word=administrator",
    ),
    Route("schools:role-word", Data.IMPORTS, query="?state=decided"),
    Route("schools:role-word", Data.IMPORTS, method="post", ok=400, page=False),
    Route("schools:role-rule-list", Data.IMPORTS, kwargs=lambda district: _rule({})),
    Route("schools:role-rule-add", Data.IMPORTS),
    Route("schools:role-rule-add", Data.IMPORTS, method="post", ok=400, page=False),
    Route("schools:role-rule-edit", Data.IMPORTS, kwargs=lambda district: _rule(None)),
    Route(
        "schools:role-rule-edit",
        Data.IMPORTS,
        kwargs=lambda district: _rule(None),
        method="post",
        ok=400,
        page=False,
    ),
    *[
        Route(name, Data.IMPORTS, kwargs=kwargs, method="post", ok=302, page=False)
        for name, kwargs in (
            ("schools:role-undo", lambda district: _waiting(district, None)),
            ("schools:role-rule-place", lambda district: _rule(None)),
            ("schools:role-rule-remove", lambda district: _rule(None)),
            ("schools:role-rule-apply", lambda district: _rule(None)),
        )
    ],
    Route("api-waiting-role-list", Data.IMPORTS, page=False),
    Route("api-waiting-role-list", Data.IMPORTS, method="post", ok=400, page=False),
    Route("api-waiting-word-list", Data.IMPORTS, page=False),
    *[
        Route(
            "api-waiting-role-detail",
            Data.IMPORTS,
            kwargs=lambda district: _waiting(district, None),
            method=method,
            ok=ok,
            page=False,
        )
        for method, ok in (("get", 200), ("post", 400), ("delete", 200))
    ],
    Route("api-role-rule-list", Data.IMPORTS, page=False),
    Route("api-role-rule-list", Data.IMPORTS, method="post", ok=400, page=False),
    *[
        Route(
            "api-role-rule-detail",
            Data.IMPORTS,
            kwargs=lambda district: _rule(None),
            method=method,
            ok=ok,
            page=False,
        )
        for method, ok in (("get", 200), ("put", 415), ("delete", 204))
    ],
    Route("schools:edit-list", Data.IMPORTS, kwargs=lambda district: _edited(district)),
    Route("schools:edit-list", Data.IMPORTS, query="?q=alder"),
    Route("schools:edit-give-back", Data.IMPORTS, method="post", ok=404, page=False),
    *[
        Route(
            f"schools:edit-{kind}", Data.IMPORTS, kwargs=lambda district, kind=kind: _to_edit(district, kind)
        )
        for kind in ("org", "person", "course", "section")
    ],
    *[
        Route(
            f"schools:edit-{kind}",
            Data.IMPORTS,
            kwargs=lambda district, kind=kind: _to_edit(district, kind),
            method="post",
            ok=ok,
            page=False,
        )
        for kind, ok in (("org", 400), ("person", 400), ("course", 302), ("section", 302))
    ],
    Route("accounts:account-list", Data.ACCOUNTS),
    Route("accounts:account-list", Data.ACCOUNTS, query="?q=teacher&role=teacher&state=never"),
    Route("accounts:account-add", Data.ACCOUNTS, Action.CHANGE),
    Route("accounts:account-add", Data.ACCOUNTS, method="post", ok=400, page=False),
    Route("accounts:account-detail", Data.ACCOUNTS, kwargs=lambda district: _account(district)),
    *[
        Route(
            f"accounts:{name}",
            Data.ACCOUNTS,
            kwargs=lambda district: _someones_account(),
            method="post",
            ok=ok,
            page=False,
        )
        for name, ok in (
            ("role-give", 400),
            ("role-end", 302),
            ("person-link", 302),
            ("account-deactivate", 302),
            ("account-reactivate", 302),
            ("password-link", 200),
            ("second-factor-remove", 302),
            ("sessions-end", 302),
        )
    ],
    Route("schools:account-rule-list", Data.ACCOUNTS),
    Route(
        "schools:account-rule",
        Data.ACCOUNTS,
        Action.CHANGE,
        kwargs=lambda district: {"staff_role": "principal", "role": "principal"},
    ),
    Route(
        "schools:account-rule",
        Data.ACCOUNTS,
        kwargs=lambda district: {"staff_role": "teacher", "role": "teacher"},
        method="post",
        ok=302,
        page=False,
    ),
    Route("instruction:capacity-map", Data.SCHOOL_CAPACITY, kwargs=lambda district: _computed(district, {})),
    Route("instruction:capacity-map", Data.SCHOOL_CAPACITY, query="?year=2001"),
    Route("instruction:capacity-export", Data.SCHOOL_CAPACITY, Action.EXPORT, page=False),
    Route("instruction:how-computed", Data.DEFINITIONS, kwargs=lambda district: _computed(district, {})),
    Route("instruction:framework", Data.DEFINITIONS, kwargs=lambda district: _computed(district, {})),
    Route("instruction:framework", Data.DEFINITIONS, query="?year=1999"),
    Route("instruction:district", Data.DISTRICT_CAPACITY, kwargs=lambda district: _computed(district, {})),
    Route("instruction:district", Data.DISTRICT_CAPACITY, query="?year=2001"),
    Route("instruction:tiers", Data.SCHOOL_CAPACITY, kwargs=lambda district: _computed(district, {})),
    Route("instruction:tiers", Data.SCHOOL_CAPACITY, query="?year=2001&element=nonsense"),
    Route("instruction:tiers-export", Data.SCHOOL_CAPACITY, Action.EXPORT, page=False),
    Route("instruction:certainty", Data.SCHOOL_CAPACITY, kwargs=lambda district: _computed(district, {})),
    Route("instruction:certainty", Data.SCHOOL_CAPACITY, query="?year=2001&page=9"),
    Route("instruction:certainty-export", Data.SCHOOL_CAPACITY, Action.EXPORT, page=False),
    Route("instruction:observers", Data.RATER_SEVERITY, kwargs=lambda district: _computed(district, {})),
    Route("instruction:evidence-plan", Data.EVIDENCE_PLAN, kwargs=lambda district: _planned(district)),
    Route("instruction:evidence-plan", Data.EVIDENCE_PLAN, query="?year=2001"),
    Route("instruction:evidence-plan-export", Data.EVIDENCE_PLAN, Action.EXPORT, page=False),
    *[
        Route("instruction:not-observed", Data.PERSON_EVIDENCE, place=place, kwargs=school(place))
        for place in (0, 1, 2)
    ],
    *[
        Route(
            "instruction:school",
            Data.SCHOOL_CAPACITY,
            place=place,
            kwargs=lambda district, place=place: _computed(district, {"uid": district.schools[place].uid}),
        )
        for place in (0, 1, 2)
    ],
    *[
        Route(
            "instruction:derivation",
            Data.SCHOOL_CAPACITY,
            place=place,
            kwargs=lambda district, place=place: _computed(district, _cell(district, place)),
        )
        for place in (0, 1, 2)
    ],
    *[
        Route(
            "instruction:school-export",
            Data.SCHOOL_CAPACITY,
            Action.EXPORT,
            place=place,
            kwargs=lambda district, place=place: _computed(district, {"uid": district.schools[place].uid}),
            page=False,
        )
        for place in (0, 2)
    ],
    Route(
        "instruction:element", Data.SCHOOL_CAPACITY, kwargs=lambda district: {"uid": _element(district).uid}
    ),
    *[
        Route(
            "api-derivation",
            Data.SCHOOL_CAPACITY,
            place=place,
            kwargs=lambda district, place=place: _computed(district, _cell(district, place)),
            page=False,
        )
        for place in (0, 2)
    ],
    Route("instruction:visiting-observers", Data.EVIDENCE_PLAN, Action.CHANGE),
    Route("instruction:visiting-observers", Data.EVIDENCE_PLAN, Action.CHANGE, query="?show=permitted&q=al"),
    Route("instruction:visiting-observers", Data.EVIDENCE_PLAN, method="post", ok=302, page=False),
    Route("instruction:targets", Data.TARGETS),
    Route("instruction:targets", Data.TARGETS, query="?year=1999"),
    Route(
        "instruction:targets",
        Data.TARGETS,
        method="post",
        body=lambda district: {f"target.{_element(district).uid}.all": "9"},
        ok=400,
        page=False,
    ),
    Route("instruction:targets-export", Data.TARGETS, page=False),
    Route("api-targets", Data.TARGETS, page=False),
    Route("api-targets", Data.TARGETS, method="put", ok=415, page=False),
    *[
        Route(
            "instruction:school-plan",
            Data.SCHOOL_PLAN,
            place=place,
            kwargs=lambda district, place=place: _computed(district, {"uid": district.schools[place].uid}),
        )
        for place in (0, 1, 2)
    ],
    *[
        Route(
            "instruction:school-plan",
            Data.SCHOOL_PLAN,
            place=place,
            kwargs=school(place),
            method="post",
            body=lambda district: {f"target.{_element(district).uid}": "9"},
            ok=400,
            page=False,
        )
        for place in (0, 1)
    ],
    Route("instruction:my-evidence", Data.PERSON_EVIDENCE),
    Route("instruction:who-may-see-me", Data.PERSON_EVIDENCE),
    *[
        Route("instruction:who-may-see", Data.PERSON_EVIDENCE, place=place, kwargs=school(place))
        for place in (0, 1)
    ],
    Route("api-capacity", Data.SCHOOL_CAPACITY, page=False),
    Route("instruction:observation-import-list", Data.OBSERVATION_IMPORTS),
    Route("instruction:observation-import-list", Data.OBSERVATION_IMPORTS, method="post", ok=400, page=False),
    Route(
        "instruction:observation-import-detail",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: {"uid": _ratings().uid},
    ),
    *[
        Route(
            f"instruction:observation-import-{step}",
            Data.OBSERVATION_IMPORTS,
            kwargs=lambda district, until=until: {"uid": _file_of_a_product(district, until).uid},
        )
        for step, until in (
            ("detail", "queue"),
            ("columns", "columns"),
            ("values", "values"),
            ("preview", "import"),
        )
    ],
    *[
        Route(
            f"instruction:observation-import-{step}",
            Data.OBSERVATION_IMPORTS,
            kwargs=lambda district, until=until: {"uid": _file_of_a_product(district, until).uid},
            method="post",
            ok=ok,
            page=False,
        )
        for step, until, ok in (
            ("columns", "columns", 400),
            ("values", "values", 302),
            ("preview", "import", 302),
            ("discard", "import", 302),
        )
    ],
    Route(
        "instruction:observation-import-use-mapping",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: {
            "uid": _file_of_a_product(district, "columns").uid,
            "mapping": _mapping().uid,
        },
        method="post",
        ok=302,
        page=False,
    ),
    Route(
        "instruction:observation-waiting",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: _queued(district) and {},
    ),
    Route(
        "instruction:observation-waiting-resolve",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: {"uid": _queued(district).uid},
        method="post",
        ok=302,
        page=False,
    ),
    Route(
        "instruction:alias-list", Data.OBSERVATION_IMPORTS, kwargs=lambda district: _queued(district) and {}
    ),
    Route(
        "instruction:alias-change",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: {"uid": _alias(district).uid},
    ),
    Route(
        "instruction:alias-change",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: {"uid": _alias(district).uid},
        method="post",
        ok=400,
        page=False,
    ),
    Route(
        "instruction:import-mapping-list",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: _queued(district) and {},
    ),
    Route(
        "instruction:import-mapping-remove",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: {"uid": _mapping().uid},
        method="post",
        ok=302,
        page=False,
    ),
    Route("api-import-mapping-list", Data.OBSERVATION_IMPORTS, page=False),
    Route(
        "api-observation-waiting-list",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: _queued(district) and {},
        page=False,
    ),
    Route(
        "api-observation-waiting-resolve",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: {"uid": _queued(district).uid},
        method="post",
        ok=400,
        page=False,
    ),
    Route(
        "api-observation-import-go",
        Data.OBSERVATION_IMPORTS,
        kwargs=lambda district: {"uid": _ratings().uid},
        method="post",
        ok=409,
        page=False,
    ),
    Route("api-observation-import-list", Data.OBSERVATION_IMPORTS, page=False),
    Route("api-observation-import-list", Data.OBSERVATION_IMPORTS, method="post", ok=400, page=False),
    *[
        Route(name, Data.OBSERVATION_IMPORTS, kwargs=lambda district: {"uid": _ratings().uid}, page=False)
        for name in ("api-observation-import-detail", "api-observation-import-findings")
    ],
    Route("runs:run-list", Data.JOBS),
    Route("runs:run-detail", Data.JOBS, kwargs=lambda district: {"uid": _run().uid}),
    Route(
        "runs:run-request",
        Data.JOBS,
        method="post",
        body=lambda district: {"kind": "nonsense", "school_year": "1"},
        ok=400,
        page=False,
    ),
    Route("api-run-list", Data.JOBS, page=False),
    Route(
        "api-run-list",
        Data.JOBS,
        method="post",
        body=lambda district: {"kind": "nonsense"},
        ok=400,
        page=False,
    ),
    Route("api-run-detail", Data.JOBS, kwargs=lambda district: {"uid": _run().uid}, page=False),
    Route("staffing:fill-rates", Data.STAFFING),
    *[
        Route("staffing:school-positions", Data.STAFFING, place=place, kwargs=school(place))
        for place in (0, 1, 2)
    ],
    Route("staffing:from-roster", Data.STAFFING, Action.CHANGE, method="post", ok=302, page=False),
    Route("staffing:add", Data.STAFFING, Action.CHANGE, place=0, kwargs=school(0)),
    Route(
        "staffing:add",
        Data.STAFFING,
        Action.CHANGE,
        place=0,
        kwargs=school(0),
        method="post",
        ok=400,
        page=False,
    ),
    *[
        route
        for name in ("staffing:fill", "staffing:vacate")
        for route in (
            Route(
                name, Data.STAFFING, Action.CHANGE, kwargs=lambda district: {"uid": _position(district).uid}
            ),
            Route(
                name,
                Data.STAFFING,
                Action.CHANGE,
                kwargs=lambda district: {"uid": _position(district).uid},
                method="post",
                ok=400,
                page=False,
            ),
        )
    ],
    Route("supervision:caseload-list", Data.CASELOADS),
    Route("supervision:my-caseload", Data.CASELOADS),
    Route(
        "supervision:caseload-detail",
        Data.CASELOADS,
        kwargs=lambda district: {"uid": _caseloads(district).supervisor.uid},
    ),
    Route("supervision:need", Data.CASELOADS),
    Route("supervision:set-weights", Data.CASELOADS, Action.CHANGE, method="post", ok=400, page=False),
    *[
        Route(f"supervision:caseload-list-{kind}", Data.CASELOADS, Action.EXPORT, page=False)
        for kind in ("csv", "workbook")
    ],
    *[
        Route(
            f"supervision:caseload-{kind}",
            Data.CASELOADS,
            Action.EXPORT,
            kwargs=lambda district: {"uid": _caseloads(district).supervisor.uid},
            page=False,
        )
        for kind in ("csv", "workbook")
    ],
    Route(
        "supervision:end-all",
        Data.CASELOADS,
        Action.CHANGE,
        kwargs=lambda district: {"uid": _caseloads(district).supervisor.uid},
        method="post",
        ok=400,
        page=False,
    ),
    Route("api-caseload-list", Data.CASELOADS, page=False),
    Route(
        "api-caseload-detail",
        Data.CASELOADS,
        kwargs=lambda district: {"uid": _caseloads(district).supervisor.uid},
        page=False,
    ),
    Route("api-caseload-assignments", Data.CASELOADS, page=False),
    Route("api-caseload-assignments", Data.CASELOADS, method="post", ok=400, page=False),
    Route(
        "api-caseload-assignment-end",
        Data.CASELOADS,
        kwargs=lambda district: {"uid": _assigned(district).uid},
        method="post",
        ok=400,
        page=False,
    ),
    Route("api-need-weights", Data.CASELOADS, page=False),
    Route("api-need-weights", Data.CASELOADS, method="put", ok=415, page=False),
    Route("supervision:assign", Data.CASELOADS, Action.CHANGE),
    Route("supervision:assign", Data.CASELOADS, Action.CHANGE, method="post", ok=400, page=False),
    Route("supervision:from-roster", Data.CASELOADS, Action.CHANGE, method="post", ok=302, page=False),
    Route(
        "supervision:end",
        Data.CASELOADS,
        Action.CHANGE,
        kwargs=lambda district: {"uid": _caseloads(district).supervisor.uid},
        method="post",
        ok=400,
        page=False,
    ),
]


def _feed() -> Any:
    """A feed whose provider is nowhere."""
    from schools.models import RosterFeed

    return RosterFeed.objects.get_or_create(
        name="Nightly", source="sis", base_url="https://127.0.0.1", token_url="https://127.0.0.1/token"
    )[0]


def _account(district: SmallDistrict) -> dict[str, Any]:
    """The account of a principal supervisor, who has schools opened by a caseload."""
    return {"uid": district.users[Role.SUPERVISOR].uid}


def _someones_account() -> dict[str, Any]:
    """An account of nobody who walks, for what is done to it signs them out."""
    from tests import factories

    return {"uid": factories.user(role=Role.BOARD).uid}


def _roster(**fields: Any) -> Any:
    """A roster that was taken in."""
    from schools.models import RosterImport

    return RosterImport.objects.create(
        **{"filename": "roster.zip", "sha256": "0" * 64, "size": 1, "content": b"x", **fields}
    )


def _held() -> dict[str, Any]:
    """A roster that waits for an approval."""
    from tests.schools.imports import roster_import

    return {"uid": roster_import("held").uid}


def _waiting(district: SmallDistrict, kwargs: dict[str, Any] | None) -> dict[str, Any]:
    """Let an administrator at each school wait for a role; without `kwargs`, name the first of them."""
    from schools.models import SourceSystem, WaitingRole
    from tests import factories

    system, _ = SourceSystem.objects.get_or_create(code="sis")
    waiting = [
        WaitingRole.objects.get_or_create(
            system=system,
            external_id=f"role{org.pk}",
            defaults={"person": factories.person(), "org": org, "word": "administrator"},
        )[0]
        for org in (*district.schools, district.root)
    ]
    return {"uid": waiting[0].uid} if kwargs is None else kwargs


def _rule(kwargs: dict[str, Any] | None) -> dict[str, Any]:
    """Make two role rules; without `kwargs`, name the first."""
    from schools.models import RoleRule

    rule = RoleRule.objects.create(word="administrator", role="principal")
    RoleRule.objects.create(
        place=1,
        word="administrator",
        org_type="school",
        column="metadata.acme.jobTitle",
        test="contains",
        values=["Assistant"],
        role="assistant-principal",
    )
    return {"uid": rule.uid} if kwargs is None else kwargs


def _edited(district: SmallDistrict) -> dict[str, Any]:
    """Let the name of a school have been edited here."""
    from schools.hand_edits.actions import edit_org

    edit_org(
        org=district.schools[0], changes={"name": "Alder School"}, by=next(iter(district.users.values()))
    )
    return {}


def _to_edit(district: SmallDistrict, kind: str) -> dict[str, Any]:
    """A place, person, course or section to be corrected."""
    from schools.models import Course, Section
    from tests.factories import year

    course = Course.objects.create(title="Algebra", subject="Maths", org=district.root)
    section = Section.objects.create(
        title="Algebra 1", course=course, school=district.schools[0], school_year=year()
    )
    rows = {
        "org": district.schools[0],
        "person": district.principals[0],
        "course": course,
        "section": section,
    }
    return {"uid": rows[kind].uid}


def _ratings() -> Any:
    """A file of ratings that was taken in."""
    from instruction.models import ObservationImport

    return ObservationImport.objects.create(filename="ratings.csv", sha256="0" * 64, size=1, content=b"x")


def _file_of_a_product(district: SmallDistrict, until: str) -> Any:
    """A file of another evaluation product, as far as `until`."""
    from tests.instruction.imports.products import waiting_file

    return waiting_file(district, until=until)


def _queued(district: SmallDistrict) -> Any:
    """A word of an imported file that rows wait for."""
    return _file_of_a_product(district, "queue").unmatched.get()


def _alias(district: SmallDistrict) -> Any:
    """What a school's name means."""
    from instruction.models import Alias

    _queued(district)
    return Alias.objects.get(kind="school")


def _mapping() -> Any:
    """A saved mapping."""
    from instruction.models import ImportMapping
    from schools.models import SourceSystem
    from tests.instruction.imports.products import layout

    source, _made = SourceSystem.objects.get_or_create(code="grow")
    said = {"source": source, "fingerprint": "0" * 64, "layout": layout().as_json()}
    return ImportMapping.objects.get_or_create(name="Another", defaults=said)[0]


def _element(district: SmallDistrict) -> Any:
    """The first element of the framework."""
    return district.version.elements.select_related("element").first().element


def _cell(district: SmallDistrict, place: int) -> dict[str, Any]:
    """A school and the first element."""
    return {"school_uid": district.schools[place].uid, "element_uid": _element(district).uid}


def _computed(district: SmallDistrict, kwargs: dict[str, Any]) -> dict[str, Any]:
    """Publish a capacity snapshot of the district, and return `kwargs`."""
    from alignment_dash.runs import actions, tasks
    from tests.factories import year

    subject = str(district.version.framework.uid)
    tasks.perform(actions.request_run(kind="capacity", school_year=year(), by=None, subject=subject).pk)
    return kwargs


def _planned(district: SmallDistrict) -> dict[str, Any]:
    """Let the snapshot that stands suggest a visit to the first school."""
    from alignment_dash.runs.models import Publication
    from instruction.models import SuggestedVisit

    _computed(district, {})
    SuggestedVisit.objects.create(
        run=Publication.objects.get(kind="capacity").run, place=1, school=district.schools[0],
        observer=district.principals[1], companion=district.principals[0], n_lessons=2, hours=2.8, se_before=0.24,
        se_after=0.17, gain=0.02,
    )  # fmt: skip
    return {}


def _position(district: SmallDistrict) -> Any:
    """A position at the first school that nobody holds."""
    from decimal import Decimal

    from alignment_dash.schoolyear import today
    from staffing.actions import add_position
    from staffing.models import JobClass

    return add_position(
        school=district.schools[0],
        title="Grade 3 teacher",
        job_class=JobClass.TEACHER,
        fte=Decimal(1),
        start=today(),
        by=None,
    )


def _run() -> Any:
    """A run of the first job that an app registered."""
    from alignment_dash.runs.models import Run, State
    from alignment_dash.runs.registry import jobs
    from tests.factories import year

    return Run.objects.create(kind=jobs()[0].kind, school_year=year(), state=State.SUCCEEDED)


def _caseloads(district: SmallDistrict) -> SmallDistrict:
    """Publish a caseload snapshot of the district."""
    from alignment_dash.runs import actions, tasks
    from supervision.models import CASELOAD_RUN
    from tests.factories import year

    tasks.perform(actions.request_run(kind=CASELOAD_RUN, school_year=year(), by=None).pk)
    return district


def _assigned(district: SmallDistrict) -> Any:
    """Somebody's place in a caseload."""
    from supervision.models import CaseloadAssignment

    return CaseloadAssignment.objects.filter(school=district.schools[0]).get()


def _client() -> Any:
    """A program that signs in; another one each time it is asked for."""
    from tests.access.programs import program

    return program().client
