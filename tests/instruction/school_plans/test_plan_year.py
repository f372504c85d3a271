"""The year of a school improvement plan, by the people who write, read and answer it."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alignment_dash.access.models import AuditEvent, User
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.runs.models import Run
from instruction.actions import PlanClosed, Setting, change_school_targets
from instruction.defining.publishing import publish_draft
from instruction.models import (
    Meeting,
    MeetingState,
    Moment,
    PlanAction,
    PlanState,
    SchoolCapacity,
    SchoolPlan,
    SchoolTarget,
    SupportRequest,
)
from instruction.school_plans import actions
from instruction.school_plans.adding_up import add_up
from instruction.school_plans.queries import plan_of
from instruction.school_plans.telling import Figure, difference, told_together
from instruction.snapshots.pruning import prune
from tests import factories
from tests.instruction.defining.drafts import renamed
from tests.instruction.meetings.routes import meeting
from tests.instruction.test_views import text

pytestmark = pytest.mark.django_db
NOT_TOLD = "not told beside a newer figure"


def url(district, name="school-plan", place=0, **more):
    return reverse(f"instruction:{name}", kwargs={"uid": district.schools[place].uid, **more})


def tell(run, school, estimate, se=0.06, code="E1"):
    """Let a snapshot tell this figure of a school's element."""
    SchoolCapacity.objects.filter(run=run, school=school, element__code=code).update(
        estimate=estimate, se=se, evidence=2, gap=3 - estimate
    )


def sent(form, **typed):
    """What a browser would send of a form, with other values for fields by the start of their names."""
    values = {}
    for name in form.fields:
        value = form[name].value()
        values[name] = "" if value is None else str(value)
    return values | typed


@pytest.fixture
def plan(district, computed):
    """The first school's plan, begun from the snapshot."""
    tell(computed, district.schools[0], 2.3, 0.08)
    return actions.begin_plan(
        school=district.schools[0], year=factories.year(), by=district.users[Role.PRINCIPAL]
    )


def test_year_of_a_plan_from_its_beginning_to_its_result(client, district, computed, compute, user_in):
    school = district.schools[0]
    tell(computed, school, 2.3, 0.08)
    principal, ci = user_in(Role.PRINCIPAL), user_in(Role.CI_ADMINISTRATOR)
    client.force_login(principal)
    assert "has not been begun" in text(client.get(url(district)))
    client.post(url(district, "school-plan-begin"))
    plan = SchoolPlan.objects.get()
    start = plan.standings.get(element__code="E1")
    assert (start.moment, start.run, start.estimate, start.se, start.evidence) == (
        "start",
        computed,
        2.3,
        0.08,
        2,
    )
    # The school sees one figure differently and says why; without a reason it is not taken.
    at = url(district, "school-plan-moment", moment="start")
    form = client.get(at).context["form"]
    agrees = f"agrees.{start.element.uid}"
    assert client.post(at, sent(form, **{agrees: "no"})).status_code == 400
    why = {agrees: "no", f"own.{start.element.uid}": "Two teams are new 🙂", "text": "Talk first"}
    assert client.post(at, sent(form, **why)).status_code == 302
    # What it does and what it asks for.
    add = url(district, "school-plan-action-add")
    client.post(add, {"what": "Plan one discussion a week", "who": "grade teams", "state": "planned"})
    ask = {
        "kind": "coaching",
        "department": "curriculum",
        "what": "A coach",
        "n_teachers": "8",
        "hours": "2.5",
    }
    assert client.post(url(district, "school-plan-request-add"), ask).status_code == 302
    request = SupportRequest.objects.get()
    # The district reads nothing of a draft, and everything once it is shared.
    client.force_login(ci)
    shown = text(client.get(url(district)))
    assert "is writing its plan" in shown
    assert "Two teams are new" not in shown
    requests = reverse("instruction:support-requests")
    assert "A coach" not in text(client.get(requests))
    answer = reverse("instruction:support-request-answer", kwargs={"uid": request.uid})
    assert client.get(answer).status_code == 404
    client.force_login(principal)
    client.post(url(district, "school-plan-share"))
    client.force_login(ci)
    shown = text(client.get(url(district)))
    for words in (
        "Two teams are new 🙂",
        "sees it differently",
        "2.3",
        "Plan one discussion",
        "A coach",
        "Talk first",
    ):
        assert words in shown
    assert "8 teachers, 2.5 hours each" in text(client.get(requests))
    # Declining needs a reason; the school sees the answer on its plan.
    given = {"revision": request.revision, "state": "declined", "answer": ""}
    assert client.post(answer, given).status_code == 400
    assert client.post(answer, given | {"state": "agreed", "answer": "From January"}).status_code == 302
    client.force_login(principal)
    shown = text(client.get(url(district)))
    assert "From January" in shown
    assert "1 of 1 is answered" in shown
    # Mid-year and year-end, on the same measure.
    middle = compute()
    tell(middle, school, 2.35)
    client.post(url(district, "school-plan-fill", moment="mid-year"))
    assert "+0.1, cannot tell yet" in text(client.get(url(district)))
    at = url(district, "school-plan-moment", moment="mid-year")
    client.post(at, sent(client.get(at).context["form"], text="Too early to tell"))
    last = compute()
    tell(last, school, 2.6)
    client.post(url(district, "school-plan-fill", moment="year-end"))
    at = url(district, "school-plan-moment", moment="year-end")
    form = client.get(at).context["form"]
    assert client.post(at, sent(form, close="1")).status_code == 400  # it says nothing
    assert client.post(at, sent(form, close="1", text="Talk is heard everywhere")).status_code == 302
    shown = text(client.get(url(district)))
    assert "+0.3, rose" in shown
    assert "closed" in shown
    assert "Save the targets" not in shown
    assert "Too early to tell" in shown
    # Closed is closed, for pages and for actions.
    assert client.post(add, {"what": "More", "state": "planned"}).status_code == 409
    refused = client.post(url(district), {"target.E1": "3.5"})
    assert refused.status_code == 409
    assert "its targets stay as they were" in text(refused)
    aim = Setting("E1", Decimal("3.5"))
    with pytest.raises(PlanClosed):
        change_school_targets(
            school=school, version=district.version, year=plan.school_year, settings=[aim], by=principal
        )
    assert not SchoolTarget.objects.filter(school=school).exists()
    assert not PlanAction.objects.filter(what="More").exists()
    acts = set(AuditEvent.objects.values_list("act", flat=True))
    assert {"school-plan.begin", "school-plan.share", "school-plan.close", "support-request.answer"} <= acts
    assert not AuditEvent.objects.filter(detail__icontains="Two teams").exists()


def test_two_writers_see_each_other_and_nothing_is_lost(sign_in, district, plan):
    client = sign_in(Role.PRINCIPAL)
    at = url(district, "school-plan-moment", moment="start")
    mine = sent(client.get(at).context["form"], text="Mine")
    actions.write_moment(
        plan=plan,
        moment=Moment.START,
        views={},
        text="Theirs",
        revision=plan.revision,
        by=district.users[Role.PRINCIPAL],
    )
    answer = client.post(at, mine)
    assert answer.status_code == 409
    shown = text(answer)
    assert "Theirs" in shown
    assert "Mine" in shown
    assert SchoolPlan.objects.get().summary == "Theirs"
    assert client.post(at, sent(answer.context["form"])).status_code == 302
    assert SchoolPlan.objects.get().summary == "Mine"
    request = actions.write_request(
        plan=plan,
        by=district.users[Role.PRINCIPAL],
        values={"kind": "time", "department": "hr", "what": "Days"},
    )
    edit = url(district, "school-plan-request", support=request.uid)
    typed = sent(client.get(edit).context["form"], what="More days")
    actions.answer_request(
        request=request, state="agreed", answer="Yes", revision=0, by=district.users[Role.HR]
    )
    answer = client.post(edit, typed)
    assert answer.status_code == 409
    request.refresh_from_db()
    assert (request.what, request.state) == ("Days", "agreed")


def test_plan_is_begun_before_anything_is_computed_and_filled_later(sign_in, district, compute):
    client = sign_in(Role.PRINCIPAL)
    client.post(url(district, "school-plan-begin"))
    client.post(url(district, "school-plan-begin"))
    assert SchoolPlan.objects.count() == 1
    assert "Nothing was computed yet" in text(client.get(url(district)))
    fill = url(district, "school-plan-fill", moment="start")
    assert "Nothing is computed" in text(client.post(fill, follow=True))
    later = url(district, "school-plan-fill", moment="year-end")
    assert "First take over" in text(client.post(later, follow=True))
    run = compute()
    assert client.post(fill).status_code == 302
    assert SchoolPlan.objects.get().standings.filter(moment="start", run=run).count() == 3


def test_result_stands_beside_the_start_of_the_element_that_it_was_called_before(district, compute, plan):
    school, principal = district.schools[0], district.users[Role.PRINCIPAL]
    publish_draft(version=renamed(district, {"E1": "A1"}, carries=True), by=None)
    last = compute()
    tell(last, school, 2.6, code="A1")
    actions.fill_standings(plan=plan, moment=Moment.YEAR_END, by=principal)
    found = plan_of(scope_of(principal), school, plan.school_year)
    assert [line.code for line in found.lines] == ["A1", "E2", "E3"]
    line = found.lines[0]
    assert (line.came_from, line.at("start").estimate, line.at("year-end").estimate) == ("E1", 2.3, 2.6)
    assert (line.since["year-end"].by, line.since["year-end"].call) == (0.3, "risen")
    # Of two that became one, neither is its start.
    publish_draft(
        version=renamed(
            district, {"E2": "B", "E3": "B"}, carries=True, label="3", first_school_year=plan.school_year
        ),
        by=None,
    )
    compute()
    actions.fill_standings(plan=plan, moment=Moment.YEAR_END, by=principal)
    found = plan_of(scope_of(principal), school, plan.school_year)
    (line,) = (line for line in found.lines if line.code == "B")
    assert (line.came_from, line.since) == ("", {"year-end": None})


def test_form_sent_twice_asks_and_does_once(sign_in, district, plan):
    client = sign_in(Role.PRINCIPAL)
    for name, typed in (
        ("request", {"kind": "time", "department": "hr", "what": "Days", "n_teachers": "3"}),
        ("action", {"what": "Plan together", "state": "planned"}),
    ):
        add = url(district, f"school-plan-{name}-add")
        once = sent(client.get(add).context["form"], **typed)
        for body in (once, once, once | {"what": "Other words are not lost"}):
            assert client.post(add, body).status_code == 302
    assert list(plan.support_requests.order_by("pk").values_list("what", flat=True)) == [
        "Days", "Other words are not lost",
    ]  # fmt: skip
    assert plan.actions.count() == 2


def test_sample_has_standings_checks_and_held_packs_once_its_jobs_have_run(district, compute, user_in):
    year, school = factories.year(), district.schools[0]
    for one in district.schools:
        SchoolPlan.objects.create(school=one, school_year=year, state=PlanState.SHARED)
    held = meeting(district)
    Meeting.objects.update(state=MeetingState.HELD)
    with pytest.raises(CommandError):
        call_command("sample_district", after_jobs=True)
    User.objects.filter(pk=user_in(Role.HR).pk).update(email="hr@sample.example")
    before, now = compute(year - 1), compute()
    tell(now, school, 2.3)
    SchoolCapacity.objects.filter(run=now, school=school).update(told_beside=[before.pk])
    for _twice in range(2):
        call_command("sample_district", after_jobs=True, stdout=StringIO())
    plan = SchoolPlan.objects.get(school=school)
    found = set(plan.standings.filter(element__code="E1").values_list("moment", "run", "estimate"))
    assert found == {("start", before.pk, None), ("mid-year", now.pk, 2.3)}
    assert plan.checks.count() == 1
    held.refresh_from_db()
    assert held.run == now


def test_small_school_is_told_no_figure_in_its_plan(district, computed):
    plan = actions.begin_plan(
        school=district.schools[2], year=factories.year(), by=district.users[Role.PRINCIPAL]
    )
    held = set(plan.standings.values_list("estimate", "se", "n_teachers", "evidence"))
    assert held == {(None, None, None, 0)}


def test_only_the_schools_own_principal_writes_and_no_other_reads(client, district, plan):
    writes = [
        ("post", url(district, "school-plan-share")),
        ("post", url(district, "school-plan-action-add")),
        ("get", url(district, "school-plan-moment", moment="start")),
        ("get", url(district, "school-plan-request-add")),
    ]
    others = factories.user(role=Role.PRINCIPAL, org=district.schools[1])
    for user in (
        others,
        *(district.users[role] for role in (Role.ASSISTANT_PRINCIPAL, Role.CABINET, Role.CI_ADMINISTRATOR)),
    ):
        client.force_login(user)
        assert {getattr(client, method)(address).status_code for method, address in writes} == {404}
    client.force_login(others)
    assert client.get(url(district)).status_code == 404
    client.force_login(district.users[Role.ASSISTANT_PRINCIPAL])
    assert "being written" in text(client.get(url(district)))
    assert SchoolPlan.objects.get().state == PlanState.DRAFT


def test_start_is_told_beside_a_newer_figure_only_where_five_teachers_are_new(
    client, district, compute, plan, user_in
):
    plan.state = PlanState.SHARED
    plan.save()
    school = district.schools[0]
    later = compute()
    tell(later, school, 2.6)
    SchoolCapacity.objects.filter(run=later, school=school).update(told_beside=[])
    client.force_login(user_in(Role.CI_STAFF))
    assert NOT_TOLD in text(client.get(url(district)))
    assert (
        client.get(reverse("api-school-plan", kwargs={"uid": school.uid})).json()["elements"][0]["moments"][
            0
        ]["estimate"]
        is None
    )
    # Who sees the school's teachers anyway sees both.
    client.force_login(user_in(Role.PRINCIPAL))
    assert NOT_TOLD not in text(client.get(url(district)))
    SchoolCapacity.objects.filter(run=later, school=school).update(
        told_beside=[plan.standings.first().run_id]
    )
    client.force_login(user_in(Role.CI_STAFF))
    assert NOT_TOLD not in text(client.get(url(district)))


def test_job_decides_whether_the_start_may_stand_beside_it(district, compute, plan):
    """Nothing at all is new: both may be told. One teacher's lesson is new: not."""
    school, start = district.schools[0], plan.standings.first().run
    Run.objects.filter(pk=start.pk).update(roster_date=start.roster_date)
    unchanged = SchoolCapacity.objects.filter(run=compute(), school=school, estimate__isnull=False)
    assert unchanged.exists()
    assert all(start.pk in (one.told_beside or []) for one in unchanged)
    factories.observation(
        version=district.version, observer=district.principals[0], observed=district.teachers[school.pk][0],
        school=school, levels=[4, 4, 4],
    )  # fmt: skip
    changed = SchoolCapacity.objects.filter(run=compute(), school=school, estimate__isnull=False)
    assert not any(start.pk in (one.told_beside or []) for one in changed)


def test_pruning_keeps_every_run_that_a_plan_refers_to(district, compute, plan):
    start = plan.standings.first().run_id
    runs = [compute() for _ in range(4)]
    with all_rows(why="a test prunes"):
        dropped = prune(run=runs[-1])
    assert start not in dropped
    assert SchoolCapacity.objects.filter(run=start, school=district.schools[0]).exists()
    plan.delete()
    with all_rows(why="a test prunes"):
        prune(run=runs[-1])
    assert not SchoolCapacity.objects.filter(run=start).exists()


def test_plan_costs_the_same_however_much_it_holds(sign_in, district, plan, django_assert_max_num_queries):
    client = sign_in(Role.PRINCIPAL)
    for n in range(15):
        values = {"kind": "time", "department": "hr", "what": f"Days {n}"}
        actions.write_request(plan=plan, by=district.users[Role.PRINCIPAL], values=values)
        actions.write_action(plan=plan, by=district.users[Role.PRINCIPAL], values={"what": f"Do {n}"})
    client.get(url(district))
    with django_assert_max_num_queries(30):
        client.get(url(district))


def test_plan_over_rest_is_the_one_of_the_page(sign_in, district, computed):
    client, school = sign_in(Role.PRINCIPAL), district.schools[0]
    tell(computed, school, 2.3, 0.08)
    api = reverse("api-school-plan", kwargs={"uid": school.uid})
    assert client.get(api).json()["state"] == ""
    begun = client.post(api).json()
    (line, *_rest) = begun["elements"]
    assert line["moments"][0]["estimate"] == 2.3

    def put(name, body, **kwargs):
        address = reverse(f"api-{name}", kwargs={"uid": school.uid, **kwargs})
        return client.put(address, body, content_type="application/json")

    view = {"element": line["element"], "agrees": False, "own_view": ""}
    body = {"revision": begun["revision"], "text": "Talk", "views": [view]}
    assert put("school-plan-moment", body, moment="start").status_code == 400
    view["own_view"] = "Seen otherwise"
    written = put("school-plan-moment", body, moment="start").json()
    assert written["summary"] == "Talk"
    later = put(
        "school-plan-moment", {"revision": written["revision"], "views": [view]}, moment="start"
    ).json()
    assert later["summary"] == "Talk"  # what is not sent stays
    assert written["elements"][0]["moments"][0]["own_view"] == "Seen otherwise"
    assert put("school-plan-moment", body, moment="start").status_code == 409  # that revision is gone
    requests = reverse("api-school-plan-requests", kwargs={"uid": school.uid})
    ask = {"kind": "coaching", "department": "hr", "what": "Days", "n_teachers": 3, "hours": "2.0"}
    made = client.post(requests, ask, content_type="application/json").json()
    assert client.post(requests, ask | {"kind": "magic"}, content_type="application/json").status_code == 400
    assert client.post(requests, ask | {"what": "a\0b"}, content_type="application/json").status_code == 400
    assert (
        client.post(requests, ask | {"what": "x" * 2001}, content_type="application/json").status_code == 400
    )
    client.post(reverse("api-school-plan-share", kwargs={"uid": school.uid}))
    client = sign_in(Role.HR)
    listed = client.get(reverse("api-support-request-list")).json()
    assert [one["uid"] for one in listed["requests"]] == [made["uid"]]
    assert next(one for one in listed["sums"] if one["by"] == "department")["hours"] == 6.0
    answer = reverse("api-support-request-answer", kwargs={"uid": made["uid"]})
    said = {"state": "given", "answer": "Done", "revision": 0}
    assert client.put(answer, said, content_type="application/json").json()["state"] == "given"
    assert client.put(answer, said, content_type="application/json").status_code == 409


def test_difference_by_hand_and_what_may_stand_together():
    found = difference(Figure(1, 2.3, 0.08), Figure(2, 2.6, 0.06))
    assert found.by == 0.3
    assert found.low == pytest.approx(0.3 - 1.6449 * 0.1, abs=1e-4)
    assert found.call == "risen"
    assert difference(Figure(1, 2.3, 0.08), Figure(2, 2.4, 0.06)).call == "unclear"
    assert difference(Figure(1, 2.6, 0.06), Figure(2, 2.3, 0.08)).call == "fallen"
    assert difference(Figure(1, 2.3, 0.08, "a"), Figure(2, 2.6, 0.06, "b")) is None
    assert told_together([9, 5, 2], {9: [5, 2], 5: []}) == {9, 5}
    assert told_together([9, 5, 2], {9: [2], 5: [2]}) == {9, 2}
    assert told_together([9, 9], {}) == {9}


def test_requests_add_up_as_by_brute_force(district):
    import random

    chance = random.Random(6)
    rows = []
    for place in (0, 1):
        plan = SchoolPlan.objects.create(school=district.schools[place], school_year=factories.year())
        for _n in range(20):
            rows.append(
                SupportRequest(
                    plan=plan, kind=chance.choice(["time", "coaching"]), department=chance.choice(["hr", "curriculum"]),
                    what="x", n_teachers=chance.choice([None, 2, 5]), hours=chance.choice([None, 1, 4]),
                    substitute_days=chance.choice([None, 3]), state=chance.choice(["asked", "agreed", "withdrawn"]),
                )
            )  # fmt: skip
    for one in add_up(rows, lambda row: (row.kind, row.kind)):
        mine = [row for row in rows if row.kind == one.key and row.state != "withdrawn"]
        assert one.requests == len(mine)
        assert one.schools == {row.plan.school_id for row in mine}
        assert one.teachers == sum(row.n_teachers or 0 for row in mine)
        assert one.hours == sum((row.hours or 0) * (row.n_teachers or 1) for row in mine)
        assert one.substitute_days == sum(row.substitute_days or 0 for row in mine)
        assert one.unanswered == sum(row.state == "asked" for row in mine)


def test_each_department_answers_its_own_and_sees_how_the_asking_schools_stand(
    client, district, computed, user_in
):
    element = district.version.elements.first().element
    for place in (0, 1):
        plan = SchoolPlan.objects.create(
            school=district.schools[place], school_year=factories.year(), state=PlanState.SHARED
        )
        for department in ("curriculum", "hr", "supervision"):
            SupportRequest.objects.create(
                plan=plan, kind="time", department=department, what=f"{department} please", element=element
            )
    tell(computed, district.schools[0], 2.2)
    SchoolCapacity.objects.filter(run=computed, school=district.schools[0], element=element).update(
        p_below=0.99
    )
    SchoolCapacity.objects.filter(run=computed, school=district.schools[1], element=element).update(
        estimate=2.9, se=0.1, gap=0.1, p_below=0.6, evidence=2
    )
    answers = {Role.CI_ADMINISTRATOR: "curriculum", Role.HR: "hr", Role.SUPERVISOR: "supervision"}
    for role, department in answers.items():
        client.force_login(user_in(role))
        for one in SupportRequest.objects.all():
            address = reverse("instruction:support-request-answer", kwargs={"uid": one.uid})
            assert client.get(address).status_code == (200 if one.department == department else 404)
        listed = reverse("instruction:support-requests")
        assert "No request that counts fits what is chosen here." in text(
            client.get(listed, {"state": "given"})
        )
        shown = text(client.get(listed))
        assert "2 schools ask for 6 things; 6 not answered yet" in shown
        assert "of 2 with a figure 1 very likely below target; 1.6 expected below" in shown
    client.force_login(user_in(Role.CI_STAFF))
    # As many schools and requests more cost no query more, here and in the list of plans.
    pages = [listed, reverse("instruction:school-plans")]
    costs = []
    for n_more in (0, 6):
        for number in range(n_more):
            more = factories.org(parent=district.networks[0], name=f"More {number}")
            plan = SchoolPlan.objects.create(
                school=more, school_year=factories.year(), state=PlanState.SHARED
            )
            SupportRequest.objects.create(
                plan=plan, kind="time", department="hr", what="Days", element=element
            )
        costs.append([])
        for page in pages:
            client.get(page)
            with CaptureQueriesContext(connection) as queries:
                client.get(page)
            costs[-1].append(len(queries))
    assert costs[0] == costs[1]
    csv = client.get(reverse("instruction:support-requests-export", kwargs={"kind": "csv"}))
    assert csv.content.decode("utf-8-sig").count("please") == 6
    xlsx = client.get(reverse("instruction:support-requests-export", kwargs={"kind": "xlsx"}))
    assert xlsx.content.startswith(b"PK")


def test_request_answered_in_the_evening_is_of_that_day_in_the_file(client, district, computed, user_in):
    plan = SchoolPlan.objects.create(
        school=district.schools[0], school_year=factories.year(), state=PlanState.SHARED
    )
    # Half past nine of the day before, in Chicago.
    answered = datetime(2026, 11, 24, 3, 30, tzinfo=UTC)
    SupportRequest.objects.create(
        plan=plan, kind="time", department="hr", what="Days", state="given", answer="Yes", answered_at=answered
    )  # fmt: skip
    client.force_login(user_in(Role.CI_STAFF))
    with timezone.override("America/Chicago"):
        file = client.get(reverse("instruction:support-requests-export", kwargs={"kind": "csv"}))
    assert "Yes,2026-11-23" in file.content.decode("utf-8-sig")


def test_home_asks_the_principal_about_the_plan_and_the_district_about_requests(
    client, district, plan, user_in
):
    client.force_login(user_in(Role.PRINCIPAL))
    home = client.get(reverse("ui:home"))
    assert "being written" in text(home)
    assert re.search(rf"/schools/{district.schools[0].uid}/plan/", home.content.decode())
    client.force_login(user_in(Role.CI_STAFF))
    assert "What do schools ask us for?" in text(client.get(reverse("ui:home")))
