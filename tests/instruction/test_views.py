"""Pages of capacity: who sees what, what is blanked, what is said, and what they cost."""

import csv
import io
import re
from datetime import UTC, datetime
from html import unescape
from importlib import import_module

import pytest
from django.db import connection
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.roles import Role
from alignment_dash.runs import actions
from alignment_dash.runs.models import Run, State
from instruction.models import Element, Purpose, SchoolCapacity, Target
from instruction.snapshots import KIND_OF_PERSONS
from schools.models import Level
from tests import factories

pytestmark = pytest.mark.django_db
MAP = "instruction:capacity-map"
CENTRAL = [Role.CABINET, Role.HR, Role.CI_ADMINISTRATOR, Role.CI_STAFF, Role.DATA_ADMINISTRATOR]


def text(answer) -> str:
    """What stands on a page, without tags and with single spaces."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", answer.content.decode())))


def see(client, name, uid=None, **query):
    answer = client.get(reverse(name, kwargs={"uid": uid} if uid else None, query=query or None))
    assert answer.status_code == 200
    return answer


def give_gap(run, school, element="E1", *, p_below=0.99, gap=0.5):
    SchoolCapacity.objects.filter(run=run, school=school, element__code=element).update(
        evidence=2, estimate=3.0 - gap, se=0.1, gap=gap, p_below=p_below, target=3.0
    )


def test_map_answers_in_a_sentence_first(sign_in, district, computed):
    for school in district.schools[:2]:
        give_gap(computed, school, gap=1.2)
    shown = text(see(sign_in(Role.CABINET), MAP))
    assert "Element 1 is the widest gap: 2 of 3 schools are very likely below 3.0" in shown
    assert "For 1 school we cannot tell yet (1 has not enough evidence)." in shown
    assert shown.index("widest gap") < shown.index("Alder Elementary")


def test_map_stamps_its_snapshot_and_leads_to_the_definition(sign_in, computed):
    page = see(sign_in(Role.CABINET), MAP)
    assert "36 ratings" in text(page)
    assert reverse("instruction:how-computed") in page.content.decode()


def test_map_says_when_newer_data_has_come_in(sign_in, computed, user_in):
    client = sign_in(Role.CABINET)
    assert "recomput" not in text(see(client, MAP))
    year = schoolyear.current_year()
    actions.inputs_changed(topic="ratings", school_year=year, by=None, reason="test")
    assert "recomputing" in text(see(client, MAP))
    Run.objects.filter(state=State.QUEUED).delete()
    assert "newer data has come in" in text(see(client, MAP))


def test_map_says_when_the_last_run_failed(sign_in, district, compute):
    compute()
    with connection.cursor() as cursor:  # its last rows cannot be written
        cursor.execute("CREATE TEMP TABLE staged_instruction_raterseverity (id int)")
    assert compute().state == State.FAILED
    assert "the last run failed" in text(see(sign_in(Role.CABINET), MAP))


def test_page_without_snapshot_says_what_to_do_next(sign_in, district):
    shown = text(see(sign_in(Role.CABINET), MAP))
    assert "Nothing has been computed for this school year yet" in shown
    assert "Compute now" in shown
    assert "Compute now" not in text(see(sign_in(Role.CI_STAFF), MAP))


def test_page_without_framework_says_so(client, db):
    client.force_login(factories.user(role=Role.CABINET))
    assert "No framework is in force" in text(see(client, MAP))


def test_small_school_is_hidden_from_everyone_but_its_own_leaders(sign_in, district, computed):
    small = district.schools[2]
    for role in (Role.CABINET, Role.HR):
        page = see(sign_in(role), MAP)
        row = re.search(r"<tr><th[^>]*><a[^>]*>Cottonwood High.*?</tr>", page.content.decode()).group()
        assert row.count("hidden") >= 3
        assert not re.search(r">[−+]?\d", row)
        assert "Too few teachers" in text(see(sign_in(role), "instruction:school", small.uid))


def test_small_school_shows_its_counts_to_its_principal(client, district, computed):
    leader = factories.user(role=Role.PRINCIPAL, org=district.schools[2])
    client.force_login(leader)
    shown = text(see(client, "instruction:school", district.schools[2].uid))
    assert "Too few teachers" not in shown
    assert "3 of 3" in shown
    assert "Terry Teacher20" in shown


def test_counts_of_few_observed_teachers_are_blank(sign_in, district, compute):
    for _ in range(6):
        factories.assignment(person=factories.person(), org=district.schools[2])
    compute()
    shown = text(see(sign_in(Role.CABINET), "instruction:school", district.schools[2].uid))
    assert shown.count("fewer than 5 teachers observed") == 3
    assert "3 of 9" not in shown
    assert "<5" in unescape(see(sign_in(Role.CABINET), MAP, reading="evidence").content.decode())


@pytest.mark.parametrize("role", CENTRAL)
def test_central_office_never_sees_a_teachers_figures(sign_in, district, computed, role):
    client = sign_in(role)
    for school in district.schools:
        shown = text(see(client, "instruction:school", school.uid))
        assert "From evaluative ratings alone" not in shown
    assert client.get(reverse("instruction:my-evidence")).status_code == 404


def test_staff_names_are_for_who_may_see_them(sign_in, district, computed):
    uid = district.schools[0].uid
    assert "Terry Teacher00" in text(see(sign_in(Role.HR), "instruction:school", uid))
    for role in (Role.CABINET, Role.CI_ADMINISTRATOR, Role.TEACHER):
        assert "Terry Teacher00" not in text(see(sign_in(role), "instruction:school", uid))


def test_principal_sees_teachers_with_interval_n_and_the_day_of_their_own_snapshot(
    sign_in, district, compute
):
    compute()
    run = compute(kind=KIND_OF_PERSONS)
    Run.objects.filter(pk=run.pk).update(ended_at=datetime(2026, 3, 4, 12, tzinfo=UTC))
    page = see(sign_in(Role.PRINCIPAL), "instruction:school", district.schools[0].uid)
    row = re.search(r"Terry Teacher00 (.*?) Terry", text(page)).group(1)
    assert row.count("n 1") == 3
    shown = text(page)
    assert "Mar 4, 2026" in shown
    assert shown.index("all evidence") < shown.index("evaluative evidence alone")
    assert re.search(r"\d\.\d \(\d\.\d–\d\.\d\)", row)
    assert page["Cache-Control"] == "no-store"


def test_school_of_others_is_not_there(sign_in, district, computed):
    for role, place in ((Role.PRINCIPAL, 1), (Role.TEACHER, 1), (Role.SUPERVISOR, 2)):
        url = reverse("instruction:school", kwargs={"uid": district.schools[place].uid})
        assert sign_in(role).get(url).status_code == 404


def test_map_shows_a_principal_their_own_school_only(sign_in, district, computed):
    shown = text(see(sign_in(Role.PRINCIPAL), MAP))
    assert "Alder Elementary" in shown
    assert "Birch Middle" not in shown
    assert "The district's elements" not in shown


def test_teacher_sees_own_observations_and_nobody_elses(sign_in, district, computed):
    mine, other = district.teachers[district.schools[0].pk][:2]
    factories.observation(
        version=district.version, observer=district.principals[0], observed=other, school=district.schools[0],
        levels=[4, 4, 4], purpose=Purpose.FORMATIVE,
    )  # fmt: skip
    page = see(sign_in(Role.TEACHER), "instruction:my-evidence")
    shown = text(page)
    assert "1 observation in" in shown
    assert "Pat Principal0" in shown
    assert "Formative" not in shown.replace("Formative observations never", "")
    assert "2 · Developing" in shown
    assert page["Cache-Control"] == "no-store"
    assert mine.pk != other.pk


def test_own_evidence_does_not_hold_what_one_observed_of_others(sign_in, district, computed):
    assert "No observation of you" in text(see(sign_in(Role.PRINCIPAL), "instruction:my-evidence"))


def test_filters_keep_the_schools_they_name(sign_in, district, computed):
    client = sign_in(Role.CABINET)
    south = text(see(client, MAP, network=district.networks[1].uid))
    assert "Cottonwood High" in south
    assert "Alder Elementary" not in south
    middle = text(see(client, MAP, level=Level.MIDDLE))
    assert "Birch Middle" in middle
    assert "Alder Elementary" not in middle
    assert "No school fits" in text(see(client, MAP, network=district.networks[1].uid, level=Level.MIDDLE))


def test_unknown_filters_are_the_default(sign_in, computed):
    client = sign_in(Role.CABINET)
    odd = {
        "network": "x",
        "level": "y",
        "element": "1",
        "sort": "--",
        "reading": "z",
        "page": "-1",
        "fold": "q",
    }
    assert "Alder Elementary" in text(see(client, MAP, **odd))
    assert "Alder Elementary" in text(see(client, MAP, page="99"))


def test_sorting_puts_the_widest_gap_first_and_turns_around(sign_in, district, computed):
    give_gap(computed, district.schools[1], "E2", gap=1.2)
    client = sign_in(Role.CABINET)
    element = Element.objects.get(code="E2").uid

    def order(**query):
        shown = re.findall(
            r"<tr><th scope=\"row\"><a[^>]*>([^<]+)", see(client, MAP, **query).content.decode()
        )
        return [name for name in shown if not name.startswith("Element")]

    assert order()[0] == "Birch Middle"
    assert order(sort="name")[0] == "Alder Elementary"
    assert order(sort="-name")[0] == "Cottonwood High"
    assert order(sort=f"-{element}")[0] == "Birch Middle"
    assert order(sort="gap")[-1] == "Cottonwood High"


def test_readings_show_level_evidence_and_last_seen(sign_in, district, computed):
    give_gap(computed, district.schools[0])
    client = sign_in(Role.CABINET)
    assert "−0.5" in text(see(client, MAP))
    assert " 2.5 " in text(see(client, MAP, reading="level"))
    assert " 6/6 " in text(see(client, MAP, reading="evidence"))
    today = schoolyear.today()
    assert f"{today:%b} {today.day}" in text(see(client, MAP, reading="seen"))


def test_folded_cell_is_the_mean_of_its_elements(sign_in, district, computed):
    give_gap(computed, district.schools[0], "E1", gap=0.2)
    give_gap(computed, district.schools[0], "E2", gap=0.6)
    shown = see(sign_in(Role.CABINET), MAP, fold="dimension").content.decode()
    row = re.search(r"Alder Elementary</a>.*?</tr>", shown).group()
    assert row.count('<td class="c') == 2
    assert "−0.4" in row


def test_repeated_view_is_not_sent_again_until_something_changes(sign_in, district, computed, compute):
    client = sign_in(Role.CABINET)
    first = see(client, MAP)
    assert "private" in first["Cache-Control"]
    headers = {"If-None-Match": first["ETag"]}
    url = reverse(MAP)
    assert client.get(url, headers=headers).status_code == 304
    assert client.get(url, {"level": "high"}, headers=headers).status_code == 200
    assert client.get(url, headers=headers | {"HX-Request": "true"}).status_code == 200
    compute()
    assert client.get(url, headers=headers).status_code == 200


def test_kept_pages_are_never_shared_between_scopes(sign_in, district, computed):
    assert "Birch Middle" in text(see(sign_in(Role.CABINET), MAP))
    assert "Birch Middle" not in text(see(sign_in(Role.TEACHER), MAP))
    page = see(sign_in(Role.HR), MAP).content.decode()
    assert "Human resources" in page
    assert "cabinet" not in page


def test_htmx_gets_the_part_that_changes(sign_in, computed):
    answer = sign_in(Role.CABINET).get(reverse(MAP), headers={"HX-Request": "true"})
    assert "Alder Elementary" in answer.content.decode()
    assert "<html" not in answer.content.decode()


def test_export_holds_what_is_on_screen_and_its_filters(sign_in, district, computed):
    give_gap(computed, district.schools[0])
    answer = sign_in(Role.CABINET).get(reverse("instruction:capacity-export"), {"level": "elementary"})
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["School", "Network", "Level", "Teachers"]
    assert rows[1][0] == "Alder Elementary"
    assert rows[1][4] == "-0.5"
    assert [row[0] for row in rows if row].count("Birch Middle") == 0
    assert ["School level", "Elementary"] in rows
    assert b"\r\n" in answer.content


def test_export_blanks_small_groups_and_runs_no_formula(sign_in, district, computed):
    district.schools[2].name = "=1+1"
    district.schools[2].save()
    answer = sign_in(Role.CABINET).get(reverse("instruction:capacity-export"))
    row = next(line for line in answer.content.decode("utf-8-sig").splitlines() if "1+1" in line)
    assert row.startswith("'=1+1")
    assert row.count("hidden") == 3


def test_element_page_shows_wording_levels_and_schools(sign_in, district, computed):
    for school in district.schools[:2]:
        give_gap(computed, school)
    uid = Element.objects.get(code="E1").uid
    shown = text(see(sign_in(Role.CABINET), "instruction:element", uid))
    assert "2 of 3 schools are very likely below the target of 3.0" in shown
    assert "Looks like level 4." in shown
    assert "What students do and say" in shown
    assert "hidden: fewer than 5 teachers" in shown


def test_element_page_shows_a_principal_no_other_school(sign_in, district, computed):
    uid = Element.objects.get(code="E1").uid
    shown = text(see(sign_in(Role.PRINCIPAL), "instruction:element", uid))
    assert "Alder Elementary" in shown
    assert "Birch Middle" not in shown


def test_unknown_school_and_element_are_not_there(sign_in, district, computed):
    client = sign_in(Role.CABINET)
    for name in ("instruction:school", "instruction:element"):
        url = reverse(name, kwargs={"uid": district.networks[0].uid})
        assert client.get(url).status_code == 404


def test_how_computed_states_the_rules_in_force(sign_in, computed):
    shown = text(see(sign_in(Role.TEACHER), "instruction:how-computed"))
    assert "Fewer than 5 teachers observed" in shown
    assert "33 %" in shown
    assert "mixed model" in shown
    assert " 36 " in shown


def test_home_answers_the_question(sign_in, district, computed):
    for school in district.schools[:2]:
        give_gap(computed, school, gap=1.2)
    assert "Element 1 is the widest gap" in text(sign_in(Role.CABINET).get(reverse("ui:home")))
    assert "1 observation of your teaching" in text(sign_in(Role.TEACHER).get(reverse("ui:home")))


def test_api_rows_are_those_of_the_map_and_blanked_alike(sign_in, district, computed):
    give_gap(computed, district.schools[0])
    body = sign_in(Role.CABINET).get(reverse("api-capacity")).json()
    assert body["run"] == str(computed.uid)
    rows = {(row["school_name"], row["element_code"]): row for row in body["rows"]}
    assert len(rows) == 9
    assert rows["Alder Elementary", "E1"]["gap"] == 0.5
    hidden = rows["Cottonwood High", "E1"]
    assert hidden["evidence"] == "hidden"
    assert {hidden[name] for name in ("estimate", "n_ratings", "roster_size", "last_seen")} == {None}


def test_api_shows_a_teacher_their_school_only(sign_in, district, computed):
    body = sign_in(Role.TEACHER).get(reverse("api-capacity")).json()
    assert {row["school_name"] for row in body["rows"]} == {"Alder Elementary"}


@pytest.fixture
def larger(district):
    """Nine more schools of six teachers."""

    def grown():
        for _ in range(9):
            school = factories.org(parent=district.networks[0])
            for _teacher in range(6):
                teacher = factories.person()
                factories.assignment(person=teacher, org=school)
                factories.observation(
                    version=district.version, observer=district.principals[0], observed=teacher,
                    school=school, levels=[2, 3, 3],
                )  # fmt: skip

    return grown


@pytest.mark.parametrize(
    ("name", "role", "limit"),
    [
        (MAP, Role.CABINET, 12),
        ("instruction:capacity-export", Role.CABINET, 12),
        ("instruction:element", Role.CABINET, 22),
        ("instruction:school", Role.PRINCIPAL, 22),
        ("api-capacity", Role.CABINET, 12),
    ],
)
def test_queries_do_not_grow_with_the_district(
    sign_in, district, compute, larger, django_assert_max_num_queries, name, role, limit
):
    compute()
    compute()  # so that there is a snapshot to compare with
    client = sign_in(role)
    uids = {"instruction:element": Element.objects.first().uid, "instruction:school": district.schools[0].uid}
    url = reverse(name, kwargs={"uid": uids[name]} if name in uids else None)
    client.get(url, {"x": 0})  # the session and the district's name are read once

    def count(mark):
        with django_assert_max_num_queries(limit) as found:
            assert client.get(url, {"x": mark}).status_code == 200
        return len(found)

    few = count(1)
    larger()
    compute()
    assert count(2) == few


def test_page_past_the_end_is_the_last_one(sign_in, district, computed, monkeypatch):
    paging = import_module("instruction.queries.capacity_map")
    monkeypatch.setattr(paging, "SCHOOLS_IN_ONE", 1)
    monkeypatch.setattr(paging, "SCHOOLS_PER_PAGE", 2)
    shown = text(see(sign_in(Role.CABINET), MAP, page=99, sort="name"))
    assert "Cottonwood High" in shown
    assert "Alder Elementary" not in shown
    assert "3–3 of 3 schools" in shown


def test_api_has_no_page_past_the_end(sign_in, computed):
    answer = sign_in(Role.CABINET).get("/api/v1/capacity/?page=2")
    assert (answer.status_code, answer.json()) == (404, {"detail": "There is no page 2; the last one is 1."})


def test_element_without_a_target_shows_no_level_where_gaps_are_read(sign_in, district, compute):
    Target.objects.filter(element=district.version.elements.first().element).delete()
    compute()
    client = sign_in(Role.CI_ADMINISTRATOR)
    cells = client.get(reverse("instruction:capacity-map")).content.decode()
    assert "no target set" in cells
    export = client.get(reverse("instruction:capacity-export")).content.decode()
    row = next(line for line in export.splitlines() if "Alder Elementary" in line)
    assert "no target set" in row
