"""Role words without a counterpart: deciding them makes dated roles, rules decide them from the next roster on."""

from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.db.backends.postgresql.psycopg_any import DateRange
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Publication, Run
from schools.models import (
    ExternalId,
    Kind,
    Org,
    OrgType,
    RoleRule,
    RosterImport,
    RosterWrite,
    Session,
    SourceSystem,
    StaffAssignment,
    StaffRole,
    WaitingRole,
)
from schools.role_words import queries as roster_words
from schools.role_words import rules
from schools.role_words.decisions import decide_roles, undo_decision
from tests import factories

pytestmark = pytest.mark.django_db
UNMATCHED, RULES = "/api/v1/roster-unmatched/", "/api/v1/role-rules/"
PRINCIPAL, ASSISTANT = StaffRole.PRINCIPAL, StaffRole.ASSISTANT_PRINCIPAL


@pytest.fixture
def by(district: factories.SmallDistrict) -> Any:
    return district.users[Role.DATA_ADMINISTRATOR]


@pytest.fixture
def administrator(sign_in: Any) -> Any:
    return sign_in(Role.DATA_ADMINISTRATOR)


def waiting(org: Org, *, word: str = "administrator", family: str = "", **fields: Any) -> WaitingRole:
    system, _ = SourceSystem.objects.get_or_create(code=fields.pop("code", "sis"))
    person = fields.pop("person", None) or factories.person(given="Ingrid", family=family)
    fields.setdefault("external_id", f"{person.pk}|{word}|{org.pk}")
    return WaitingRole.objects.create(system=system, person=person, org=org, word=word, **fields)


def queue(district: factories.SmallDistrict) -> list[WaitingRole]:
    """An administrator at each of the three schools and one at the district."""
    return [waiting(org) for org in (*district.schools, district.root)]


def held(one: WaitingRole) -> StaffAssignment:
    """The assignment that the id of a role leads to."""
    found = ExternalId.objects.get(
        system=one.system, kind=Kind.ASSIGNMENT, external_id=one.external_id, ended_on=None
    )
    return StaffAssignment.objects.get(pk=found.row_id)


def path(name: str, **query: str) -> str:
    return reverse(f"schools:{name}", query=query) if query else reverse(f"schools:{name}")


def test_words_are_counted_by_people_and_places(district, administrator):
    queue(district)
    waiting(district.schools[0], word="ext:dean")
    (first, second) = administrator.get(f"{UNMATCHED}words/").json()
    assert first == {
        "word": "administrator",
        "system": "sis",
        "people": 4,
        "places": 4,
        "by_org_type": [{"org_type": "school", "people": 3}, {"org_type": "district", "people": 1}],
    }
    assert (second["word"], second["people"]) == ("ext:dean", 1)
    page = administrator.get(path("role-word-list")).content.decode()
    assert "<b>5 people</b>" in page


def test_person_gets_the_role_from_the_school_year_on(district, by):
    one = waiting(district.schools[0], is_primary=True)
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    made = held(one)
    assert (made.person, made.org, made.role, made.is_primary) == (one.person, one.org, PRINCIPAL, True)
    assert made.during == DateRange(schoolyear.bounds(factories.year())[0], None)
    one.refresh_from_db()
    assert (one.role, one.decided_by) == (PRINCIPAL, by)


@pytest.mark.parametrize(
    ("begins", "ends", "upper"),
    [
        (date(2024, 1, 8), date(2024, 6, 1), date(2024, 6, 1)),
        (date(2024, 1, 8), None, None),
        (None, date(1999, 1, 1), None),
    ],
)
def test_role_holds_as_the_roster_dates_it(district, by, begins, ends, upper):
    one = waiting(district.schools[0], begins=begins, ends=ends)
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    assert held(one).during == DateRange(begins or schoolyear.bounds(factories.year())[0], upper)


def test_role_of_a_source_without_this_year_begins_with_its_last(district, by):
    one = waiting(district.schools[0])
    for year in (2019, 2021, 2020):
        session = Session.objects.create(
            title="Year", type="schoolYear", school_year=year, during=DateRange(*schoolyear.bounds(year))
        )
        ExternalId.objects.create(
            system=one.system, kind=Kind.SESSION, external_id=str(year), row_id=session.pk
        )
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    assert held(one).during.lower == schoolyear.bounds(2021)[0]


@pytest.mark.parametrize("was_known", [True, False])
def test_role_of_someone_known_who_held_another_begins_with_its_import(district, by, was_known):
    start = schoolyear.bounds(factories.year())[0]
    applied = timezone.make_aware(datetime.combine(start + timedelta(days=40), time(12)))
    came = RosterImport.objects.create(
        filename="a.zip", sha256="0" * 64, size=1, content=b"x", applied_at=applied
    )
    one = waiting(district.schools[0], seen_in=came)
    factories.assignment(person=one.person, org=district.schools[0])
    if not was_known:
        with all_rows(why="a test's account of an import"):
            RosterWrite.objects.create(
                roster_import=came, table="schools_person", act="create",
                first_id=one.person_id - 1, last_id=one.person_id,
            )  # fmt: skip
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    assert held(one).during.lower == (applied.date() if was_known else start)


def test_same_role_that_is_there_is_used_and_not_doubled(district, by):
    principal = district.principals[0]
    one = waiting(district.schools[0], person=principal)
    there = StaffAssignment.objects.get(person=principal)
    done = decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    assert (done.held, done.were_there, held(one)) == (1, 1, there)
    assert there.during == factories.EVER


def test_two_words_for_one_role_of_a_person_make_one_role(district, by):
    one = waiting(district.schools[0])
    other = waiting(district.schools[0], word="siteAdministrator", person=one.person)
    decide_roles(decisions={one.uid: PRINCIPAL, other.uid: PRINCIPAL}, by=by)
    assert held(one) == held(other)


def test_ignored_role_gives_nothing_and_no_longer_waits(district, by, administrator):
    one = waiting(district.schools[0])
    assert decide_roles(decisions={one.uid: "ignore"}, by=by).ignored == 1
    assert not StaffAssignment.objects.filter(person=one.person).exists()
    assert administrator.get(UNMATCHED).json()["count"] == 0
    assert administrator.get(f"{UNMATCHED}?state=decided").json()["results"][0]["role"] == "ignore"


def test_deciding_again_replaces_what_was_decided(district, by):
    one = waiting(district.schools[0])
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    decide_roles(decisions={one.uid: ASSISTANT}, by=by)
    assert [made.role for made in StaffAssignment.objects.filter(person=one.person)] == [ASSISTANT]


def test_undone_decision_waits_again_and_its_role_is_gone(district, by):
    one = waiting(district.schools[0])
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    undo_decision(waiting_role=one, by=by)
    one.refresh_from_db()
    assert (one.role, one.decided_by, one.decided_at) == ("", None, None)
    assert not StaffAssignment.objects.filter(person=one.person).exists()
    assert not ExternalId.objects.filter(kind=Kind.ASSIGNMENT).exists()


def test_undoing_leaves_a_role_that_was_there_before(district, by):
    one = waiting(district.schools[0], person=district.principals[0])
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    undo_decision(waiting_role=one, by=by)
    assert StaffAssignment.objects.get(person=one.person).during == factories.EVER


def test_undoing_ends_a_role_that_a_position_hangs_on(district, by):
    from staffing.actions import positions_from_assignments

    begins = schoolyear.today() - timedelta(days=30)
    one = waiting(district.schools[0], begins=begins)
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    positions_from_assignments(by=by, day=schoolyear.today())
    undo_decision(waiting_role=one, by=by)
    left = StaffAssignment.objects.get(person=one.person)
    assert left.during == DateRange(begins, schoolyear.today())


def test_deciding_is_recorded_and_makes_what_was_computed_stale(district, by):
    one = waiting(district.schools[0])
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    event = AuditEvent.objects.get(act="waiting-role.decide")
    assert (event.target_id, event.by_label, event.detail["role"]) == (str(one.uid), by.name, PRINCIPAL)
    assert Publication.objects.filter(school_year=factories.year(), stale_since__isnull=False).exists()
    assert Run.objects.filter(reason="role words matched", school_year=factories.year()).exists()


@pytest.mark.parametrize("role", ["", "superintendent", "student"])
def test_what_is_no_role_decides_nothing(district, by, role):
    one, other = waiting(district.schools[0]), waiting(district.schools[1])
    with pytest.raises(ValidationError):
        decide_roles(decisions={one.uid: PRINCIPAL, other.uid: role}, by=by)
    assert not WaitingRole.objects.exclude(role="").exists()


def test_number_of_queries_of_deciding_does_not_grow(district, by, django_assert_max_num_queries):
    few = {waiting(district.schools[0]).uid: PRINCIPAL}
    many = {waiting(district.schools[1]).uid: PRINCIPAL for _ in range(30)}
    decide_roles(decisions=few, by=by)
    with django_assert_max_num_queries(42):
        decide_roles(decisions=many, by=by)
    assert StaffAssignment.objects.filter(org=district.schools[1], role=PRINCIPAL).count() == 31


def test_all_of_a_word_at_schools_are_decided_and_become_a_rule(district, administrator):
    queue(district)
    sent = {"all": "1", "role": PRINCIPAL, "rule": "on"}
    answer = administrator.post(path("role-word", word="administrator", org_type="school"), sent)
    assert answer.status_code == 302
    decided = {one.org.type: one.role for one in WaitingRole.objects.select_related("org")}
    assert decided == {OrgType.SCHOOL: PRINCIPAL, OrgType.DISTRICT: ""}
    (rule,) = RoleRule.objects.all()
    assert roster_words.sentence(rule) == "“administrator” at a school"
    assert rule.role == PRINCIPAL


def test_people_are_decided_one_by_one_on_the_page(district, administrator):
    first, second, third, _at_district = queue(district)
    url = path("role-word", word="administrator")
    sent = {f"role-{first.uid}": PRINCIPAL, f"role-{second.uid}": "ignore", f"role-{third.uid}": ""}
    page = administrator.post(url, sent, follow=True).content.decode()
    assert "1 role is held now; 1 is ignored." in page
    assert third.person.identity.family_name in page
    assert first.person.identity.family_name not in page
    assert held(first).role == PRINCIPAL


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"role-x": "principal"},
        {f"role-{uuid4()}": "principal"},
        {"all": "1"},
        {"all": "1", "role": "nonsense"},
    ],
)
def test_what_cannot_be_decided_is_answered_with_the_page(district, administrator, sent):
    queue(district)
    answer = administrator.post(path("role-word", word="administrator"), sent)
    assert answer.status_code == 400
    assert not WaitingRole.objects.exclude(role="").exists()


def test_decision_is_undone_on_the_page(district, by, administrator):
    one = waiting(district.schools[0], family="Inkwell")
    decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    page = administrator.get(path("role-word", state="decided")).content.decode()
    assert "Inkwell" in page
    administrator.post(reverse("schools:role-undo", kwargs={"uid": one.uid}))
    one.refresh_from_db()
    assert one.role == ""


@pytest.mark.parametrize("name", ["role-word-list", "role-word"])
def test_page_asks_as_often_for_many_as_for_few(district, administrator, name, django_assert_num_queries):
    came = RosterImport.objects.create(filename="a.zip", sha256="0" * 64, size=1, content=b"x")
    waiting(district.schools[0], seen_in=came)
    administrator.get(path(name))
    with CaptureQueriesContext(connection) as few:
        administrator.get(path(name))
    for school in district.schools * 5:
        waiting(school, seen_in=came)
    with django_assert_num_queries(len(few)):
        administrator.get(path(name))


def test_rules_are_given_to_the_reader_in_their_order(district, by):
    assistants = rules.Meaning(
        word="administrator", org_type="school", column="metadata.acme.jobTitle", test="contains",
        values=("Assistant",), role=ASSISTANT,
    )  # fmt: skip
    rules.add_rule(meaning=rules.Meaning(word="administrator", role=PRINCIPAL), by=by)
    rule = rules.add_rule(meaning=assistants, by=by)
    rules.place_rule(rule=rule, place=0, by=by)
    first, second = roster_words.role_rules()
    assert (first.role, first.column, first.test, first.values) == (
        ASSISTANT, "metadata.acme.jobTitle", "contains", ("Assistant",),
    )  # fmt: skip
    assert (second.word, second.role) == ("administrator", PRINCIPAL)
    assert roster_words.sentence(rule) == (
        "“administrator” at a school whose metadata.acme.jobTitle contains “Assistant”"
    )


def test_rule_says_how_many_waiting_roles_it_fits(district, by):
    one = queue(district)[0]
    one.person.identity.email = "ingrid@district.example"
    one.person.identity.save()
    said = [
        (rules.Meaning(word="Administrator", role=PRINCIPAL), 4),
        (rules.Meaning(word="administrator", org_type="district", role="central-office"), 1),
        (rules.Meaning(column="email", values=("INGRID@district.example",), role=PRINCIPAL), 1),
        (rules.Meaning(column="username", values=("ingrid",), role=PRINCIPAL), None),
        (rules.Meaning(word="proctor", role="ignore"), 0),
    ]
    made = [rules.add_rule(meaning=meaning, by=by) for meaning, _n in said]
    assert [roster_words.fits_now(made)[rule.pk] for rule in made] == [n for _meaning, n in said]


def test_rule_decides_what_waits_when_asked_to(district, administrator, by):
    queue(district)
    rule = rules.add_rule(meaning=rules.Meaning(word="administrator", role=PRINCIPAL), by=by)
    administrator.post(reverse("schools:role-rule-apply", kwargs={"uid": rule.uid}))
    assert not WaitingRole.objects.filter(role="").exists()


@pytest.mark.parametrize(
    ("sent", "field"),
    [
        ({"role": "principal"}, "word"),
        ({"word": "administrator"}, "role"),
        ({"word": "administrator", "role": "king"}, "role"),
        ({"word": "administrator", "role": "principal", "org_type": "planet"}, "org_type"),
        ({"word": "administrator", "role": "principal", "column": "jobTitle", "values": ["AP"]}, "column"),
        ({"word": "administrator", "role": "principal", "column": "password", "values": ["AP"]}, "column"),
        ({"word": "administrator", "role": "principal", "column": "username"}, "values"),
        ({"word": "administrator", "role": "principal", "column": "username", "values": [" "]}, "values"),
        ({"word": "administrator", "role": "principal", "values": ["AP"]}, "column"),
        ({"role": "principal", "column": "username", "values": ["a", "b"], "test": "is"}, "values"),
        ({"word": "a\0b", "role": "principal"}, "word"),
        ({"word": "x" * 65, "role": "principal"}, "word"),
    ],
)
def test_rule_that_makes_no_sense_is_refused_by_field(administrator, sent, field):
    answer = administrator.post(RULES, sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()[field]
    form = {**sent, "values": "\n".join(sent.get("values", []))}
    page = administrator.post(path("role-rule-add"), form)
    assert page.status_code == 400
    assert page.context["form"].errors[field]
    assert not RoleRule.objects.exists()


def test_rule_is_added_changed_moved_and_removed_over_rest(administrator):
    sent = {"word": "administrator", "role": "principal"}
    first = administrator.post(RULES, sent, content_type="application/json")
    assert (first.status_code, first.json()["says"], first.json()["fits_now"]) == (201, "“administrator”", 0)
    sent = {"role": "coach", "column": "username", "test": "one-of", "values": ["a", "b"], "place": 0}
    second = administrator.post(RULES, sent, content_type="application/json").json()
    assert [rule["role"] for rule in administrator.get(RULES).json()] == ["coach", "principal"]
    url = f"{RULES}{second['uid']}/"
    changed = administrator.put(url, {**sent, "values": ["c"], "place": 5}, content_type="application/json")
    assert changed.json()["values"] == ["c"]
    assert [rule["role"] for rule in administrator.get(RULES).json()] == ["principal", "coach"]
    assert administrator.delete(url).status_code == 204
    assert administrator.get(url).status_code == 404
    acts = set(AuditEvent.objects.filter(act__startswith="role-rule").values_list("act", flat=True))
    assert acts == {"role-rule.add", "role-rule.change", "role-rule.place", "role-rule.remove"}


def test_rule_is_added_and_edited_on_pages(administrator):
    sent = {"word": "administrator", "org_type": "school", "column": "username", "test": "one-of",
            "values": "a\n b \n\n", "role": "coach"}  # fmt: skip
    assert administrator.post(path("role-rule-add"), sent).status_code == 302
    rule = RoleRule.objects.get()
    assert rule.values == ["a", "b"]
    edit = reverse("schools:role-rule-edit", kwargs={"uid": rule.uid})
    assert "a\nb" in administrator.get(edit).content.decode()
    administrator.post(edit, {**sent, "role": "aide"})
    rule.refresh_from_db()
    assert rule.role == "aide"
    for place in ("0", "x", "", "9" * 30, "-1"):
        answer = administrator.post(
            reverse("schools:role-rule-place", kwargs={"uid": rule.uid}), {"place": place}
        )
        assert answer.status_code == 302
    administrator.post(reverse("schools:role-rule-remove", kwargs={"uid": rule.uid}))
    assert not RoleRule.objects.exists()


def test_role_is_decided_and_undone_over_rest(district, administrator):
    one = waiting(district.schools[0], family="Inkwell")
    url = f"{UNMATCHED}{one.uid}/"
    listed = administrator.get(UNMATCHED).json()["results"][0]
    assert (listed["person"]["name"], listed["place"]["name"]) == ("Ingrid Inkwell", district.schools[0].name)
    done = administrator.post(url, {"role": "principal"}, content_type="application/json").json()
    assert (done["role"], done["decided_by"]) == ("principal", "District data administrator")
    assert held(one).role == PRINCIPAL
    assert administrator.delete(url).json()["role"] == ""
    assert administrator.post(url, {"role": "x"}, content_type="application/json").status_code == 400


def test_several_roles_are_decided_at_once_over_rest(district, administrator):
    first, second, *_rest = queue(district)
    sent = {"decisions": [{"uid": str(one.uid), "role": "principal"} for one in (first, second)]}
    done = administrator.post(UNMATCHED, sent, content_type="application/json")
    assert done.json() == {"held": 2, "were_there": 0, "ignored": 0}
    sent = {"word": "administrator", "role": "ignore", "make_rule": True}
    done = administrator.post(UNMATCHED, sent, content_type="application/json")
    assert done.json() == {"held": 0, "were_there": 0, "ignored": 2}
    assert RoleRule.objects.get().role == "ignore"


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"decisions": []},
        {"decisions": [{"uid": str(uuid4()), "role": "principal"}]},
        {"decisions": [{"uid": "x", "role": "principal"}]},
        {"word": "administrator"},
        {"word": "unheard of", "role": "principal"},
        {"word": "a", "role": "principal", "decisions": [{"uid": str(uuid4()), "role": "principal"}]},
    ],
)
def test_request_that_decides_nothing_is_refused(district, administrator, sent):
    answer = administrator.post(UNMATCHED, sent, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]


@pytest.mark.parametrize("query", ["?word=%00", "?state=x&org_type=planet", "?page=-1", "?system=%ff"])
def test_address_that_says_nonsense_is_answered(district, administrator, query):
    queue(district)
    assert administrator.get(path("role-word") + query).status_code == 200
    assert administrator.get(UNMATCHED + query).status_code == 200


def two_of_one_meaning(district, **later: Any) -> tuple[WaitingRole, WaitingRole, date]:
    """Two words of one person at one place; the first holds for 60 days of the school year."""
    start, person, org = schoolyear.bounds(factories.year())[0], factories.person(), district.schools[0]
    first = waiting(org, person=person, word="ext:a", begins=start, ends=start + timedelta(days=60))
    return first, waiting(org, person=person, word="ext:b", **later), start


@pytest.mark.parametrize("first_undone", [0, 1])
def test_role_that_two_words_gave_is_gone_when_both_are_undone(first_undone, district, by):
    *both, _start = two_of_one_meaning(district)
    for one in both:
        decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    undo_decision(waiting_role=both[first_undone], by=by)
    kept = both[1 - first_undone]
    assert held(kept).role == PRINCIPAL
    undo_decision(waiting_role=kept, by=by)
    assert not StaffAssignment.objects.filter(person=kept.person).exists()


def test_role_that_two_words_gave_is_gone_when_both_are_ignored_at_once(district, by):
    *both, _start = two_of_one_meaning(district)
    for role in (PRINCIPAL, "ignore"):
        decide_roles(decisions={one.uid: role for one in both}, by=by)
    assert not StaffAssignment.objects.filter(person=both[0].person).exists()


def test_role_that_was_there_before_any_decision_stays_when_all_are_undone(district, by):
    *both, start = two_of_one_meaning(district)
    there = StaffAssignment.objects.create(
        person=both[0].person, org=both[0].org, role=PRINCIPAL, during=DateRange(start, None)
    )
    for one in both:
        decide_roles(decisions={one.uid: PRINCIPAL}, by=by)
    for one in both:
        undo_decision(waiting_role=one, by=by)
    assert list(StaffAssignment.objects.filter(person=both[0].person)) == [there]


@pytest.mark.parametrize("at_once", [True, False])
def test_later_longer_role_of_the_same_meaning_is_held_to_its_end_and_undone_alone(at_once, district, by):
    begins = schoolyear.bounds(factories.year())[0] + timedelta(days=30)
    *both, start = two_of_one_meaning(district, begins=begins)
    for uids in [[one.uid for one in both]] if at_once else [[one.uid] for one in both]:
        decide_roles(decisions=dict.fromkeys(uids, PRINCIPAL), by=by)
    assert held(both[1]) == held(both[0])
    assert held(both[1]).during == DateRange(start, None)
    undo_decision(waiting_role=both[1], by=by)
    assert held(both[0]).during == DateRange(start, start + timedelta(days=60))


def test_role_is_not_widened_over_the_next_of_its_kind(district, by):
    first, later, start = two_of_one_meaning(district)
    decide_roles(decisions={first.uid: PRINCIPAL}, by=by)
    begins = start + timedelta(days=90)
    factories.assignment(person=first.person, org=first.org, role=PRINCIPAL, during=DateRange(begins, None))
    decide_roles(decisions={later.uid: PRINCIPAL}, by=by)
    assert held(later).during == DateRange(start, begins)


def test_two_roles_for_one_who_waits_are_refused(district, administrator):
    one = waiting(district.schools[0])
    twice = [{"uid": str(one.uid), "role": role} for role in (PRINCIPAL, ASSISTANT)]
    answer = administrator.post(UNMATCHED, {"decisions": twice}, content_type="application/json")
    assert answer.status_code == 400
    assert "Two different roles" in answer.text
    one.refresh_from_db()
    assert one.role == ""


@pytest.mark.parametrize(
    ("word", "value", "status"), [("", "@", 400), ("", "@oak.", 201), ("aide", "@", 201)]
)
def test_rule_that_looks_for_a_sign_alone_is_about_everyone(word, value, status, administrator):
    rule = {"role": "ignore", "word": word, "column": "email", "test": "contains", "values": [value]}
    answer = administrator.post(RULES, rule, content_type="application/json")
    assert answer.status_code == status, answer.text
