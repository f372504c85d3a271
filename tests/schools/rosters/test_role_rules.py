"""Roles by the built-in mapping and by a district's own rules."""

import io
from collections import defaultdict
from typing import Any

import pytest

from schools.rosters.reader import EMITTED, Options, Roster, read_roster
from schools.rosters.role_rules import RoleRule
from tests.schools.rosters.bundles import (
    ENROLLMENTS,
    ORGS,
    ROLES,
    STUDENT,
    TEACHER,
    bundle,
    delta,
    header,
    table_bytes,
)

DISTRICT_ORG, OAK = ORGS
ADMINISTRATOR = {**TEACHER, "sourcedId": "a-1", "username": "pat.lake"}
OTHER = {**TEACHER, "sourcedId": "a-2", "username": "sam.hill"}
TITLE = "metadata.acme.jobTitle"


def rule(role: str, **changes: Any) -> RoleRule:
    return RoleRule(
        **{"word": "", "org_type": "", "column": "", "test": "is", "values": (), "role": role} | changes
    )


def read(
    file: io.BytesIO, *rules: RoleRule, **options: Any
) -> tuple[Roster, dict[str, list[dict[str, str]]]]:
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    roster = read_roster(
        file,
        options=Options(role_rules=rules),
        sink=lambda table, made: rows[table].extend(
            dict(zip(EMITTED[table], row, strict=True)) for row in made
        ),
        **options,
    )
    return roster, rows


def one_point_one(*people: dict[str, str], columns: tuple[str, ...] = ()) -> io.BytesIO:
    """A 1.1 bundle of the valid people and these, whose users.csv has more columns."""
    valid = [
        {**TEACHER, "role": "teacher", "orgSourcedIds": "oak"},
        {**STUDENT, "role": "student", "orgSourcedIds": "oak"},
    ]
    made = [{"role": "administrator", "orgSourcedIds": "oak", **person} for person in people]
    data = table_bytes([*header("users", "1.1"), *columns], [*valid, *made])
    return bundle(version="1.1", replace={"users.csv": data})


def one_point_two(*roles: dict[str, str], columns: tuple[str, ...] = (), **cells: str) -> io.BytesIO:
    """A 1.2 bundle with two administrators; `cells` go to the first of them."""
    people = [TEACHER, STUDENT, {**ADMINISTRATOR, **cells}, OTHER]
    made = [
        {
            "roleType": "primary",
            "userSourcedId": "a-1",
            "orgSourcedId": "oak",
            "role": "siteAdministrator",
            **each,
        }
        for each in roles
    ]
    data = table_bytes([*header("users"), *columns], people)
    return bundle({"roles": [*ROLES, *made]}, replace={"users.csv": data})


def roles_of(rows: dict[str, list[dict[str, str]]], table: str = "roles") -> list[tuple[str, str, str]]:
    return [(row["userSourcedId"], row["role"], row["orgSourcedId"]) for row in rows[table]][:100]


@pytest.mark.parametrize(
    ("word", "role"),
    [
        ("teacher", "teacher"),
        ("principal", "principal"),
        ("counselor", "counselor"),
        ("aide", "aide"),
        ("districtAdministrator", "central-office"),
        ("systemAdministrator", "system-administrator"),
    ],
)
def test_word_with_a_counterpart_is_emitted_as_our_role(word: str, role: str) -> None:
    _, rows = read(one_point_two({"sourcedId": "r-9", "role": word}))
    assert ("a-1", role, "oak") in roles_of(rows)


@pytest.mark.parametrize("word", ["siteAdministrator", "proctor", "ext:coach", "administrator"])
def test_word_without_a_counterpart_waits_with_all_that_is_known(word: str) -> None:
    roster, rows = read(one_point_two({"sourcedId": "r-9", "role": word, "beginDate": "2026-08-15"}))
    assert roster.accepted
    assert rows["waiting"] == [
        {
            "sourcedId": "r-9",
            "userSourcedId": "a-1",
            "role": word,
            "roleType": "primary",
            "orgSourcedId": "oak",
            "beginDate": "2026-08-15",
            "endDate": "",
        }
    ]
    assert next(row for row in rows["users"] if row["sourcedId"] == "a-1")["isStaff"] == "true"
    assert roster.unmatched_words == {word: 1}


def test_extension_word_with_a_rule_is_a_role() -> None:
    _, rows = read(one_point_two({"sourcedId": "r-9", "role": "ext:Coach"}), rule("coach", word="EXT:coach "))
    assert ("a-1", "coach", "oak") in roles_of(rows)
    assert rows["waiting"] == []


def test_metadata_column_tells_a_principal_from_an_assistant_in_one_point_one() -> None:
    file = one_point_one(
        {**ADMINISTRATOR, TITLE: "Principal "},
        {**OTHER, TITLE: "Asst. Principal"},
        columns=(TITLE,),
    )
    roster, rows = read(
        file,
        rule("assistant-principal", word="administrator", column=TITLE, test="contains", values=("asst",)),
        rule("principal", word="administrator", column=TITLE, test="is", values=("principal",)),
    )
    assert roster.accepted
    assert roles_of(rows)[1:] == [("a-1", "principal", "oak"), ("a-2", "assistant-principal", "oak")]


def test_list_of_usernames_makes_principal_supervisors_in_both_versions() -> None:
    listed = rule("principal-supervisor", column="username", test="one-of", values=("PAT.LAKE", "nobody"))
    for file in (
        one_point_one(ADMINISTRATOR, OTHER),
        one_point_two({"sourcedId": "r-8"}, {"sourcedId": "r-9", "userSourcedId": "a-2"}),
    ):
        _, rows = read(file, listed)
        assert ("a-1", "principal-supervisor", "oak") in roles_of(rows)
        assert roles_of(rows, "waiting") == [("a-2", roles_of(rows, "waiting")[0][1], "oak")]


def test_column_of_people_decides_on_roles_read_before_them() -> None:
    file = one_point_two({"sourcedId": "r-9"}, columns=(TITLE,), **{TITLE: "Instructional Coach"})
    _, rows = read(file, rule("coach", column=TITLE, test="contains", values=("coach",)))
    assert roles_of(rows) == [("t-1", "teacher", "oak"), ("a-1", "coach", "oak")]


def test_type_of_the_org_decides() -> None:
    file = one_point_one(ADMINISTRATOR, {**OTHER, "orgSourcedIds": "district,oak"})
    _, rows = read(
        file,
        rule("central-office", word="administrator", org_type="district"),
        rule("principal", word="administrator", org_type="School"),
    )
    assert roles_of(rows)[1:] == [
        ("a-1", "principal", "oak"),
        ("a-2", "central-office", "district"),
        ("a-2", "principal", "oak"),
    ]


def test_type_of_an_org_that_only_the_consumer_holds_is_a_school_or_unknown() -> None:
    held = {"users": {"a-1"}, "orgs": {"oak", "district"}, "schools": {"oak"}}
    roles = [
        {
            **ROLES[0],
            "userSourcedId": "a-1",
            "role": "siteAdministrator",
            "sourcedId": f"r-{org}",
            "orgSourcedId": org,
        }
        for org in ("oak", "district")
    ]
    _, rows = read(
        delta({"roles": roles}),
        rule("principal", org_type="school"),
        rule("central-office", org_type="district"),
        known=lambda kind, ids: held.get(kind, set()) & set(ids),
    )
    assert roles_of(rows) == [("a-1", "principal", "oak")]
    assert roles_of(rows, "waiting") == [("a-1", "siteAdministrator", "district")]


def test_first_rule_that_matches_wins_and_overrides_the_mapping() -> None:
    _, rows = read(bundle(), rule("coach", word="Teacher"), rule("aide", word="teacher"))
    assert roles_of(rows) == [("t-1", "coach", "oak")]


def test_ignored_role_is_neither_kept_nor_waiting_and_leaves_its_person_out() -> None:
    roster, rows = read(bundle(), rule("ignore", word="teacher"))
    assert [row["sourcedId"] for row in rows["users"]] == ["s-1"]
    assert rows["roles"] == rows["waiting"] == []
    assert [row["sourcedId"] for row in rows["enrollments"]] == ["e-2"]
    assert roster.counts["users"].left_out == 1


def test_rule_can_make_a_student_who_then_keeps_no_name() -> None:
    file = one_point_two({"sourcedId": "r-9", "role": "ext:pupil"})
    _, rows = read(file, rule("student", word="ext:pupil"))
    pupil = next(row for row in rows["users"] if row["sourcedId"] == "a-1")
    assert (pupil["isStudent"], pupil["isStaff"], pupil["givenName"], pupil["email"]) == (
        "true",
        "false",
        "",
        "",
    )


def test_column_of_a_vendor_that_a_rule_names_is_read_without_a_word() -> None:
    for file in (
        one_point_one({**ADMINISTRATOR, "ext_title": "Coach"}, columns=("ext_title",)),
        one_point_two(
            {"sourcedId": "r-9"},
            {"sourcedId": "r-8", "userSourcedId": "a-2", "role": "aide"},
            columns=("ext_title",),
            ext_title="Coach",
        ),
    ):
        roster, rows = read(file, rule("coach", column="EXT_Title", values=("coach",)))
        assert ("a-1", "coach", "oak") in roles_of(rows)
        assert [group.code for group in roster.findings.groups()] == []


def test_column_that_no_file_has_is_said() -> None:
    roster, _ = read(
        one_point_two({"sourcedId": "r-9"}), rule("coach", column="metadata.acme.none", values=("x",))
    )
    assert "header.rule_column" in [group.code for group in roster.findings.groups()]
    assert roster.accepted


def test_long_ids_of_one_point_one_give_each_role_its_own_id() -> None:
    orgs = [*ORGS, *({**OAK, "sourcedId": "o" * 250 + str(number)} for number in range(2))]
    person = {**TEACHER, "sourcedId": "t" * 200, "role": "teacher"}
    person["orgSourcedIds"] = ",".join(org["sourcedId"] for org in orgs[2:])
    users = [{**TEACHER, "role": "teacher", "orgSourcedIds": "oak"}, person]
    students = {**STUDENT, "role": "student", "orgSourcedIds": "oak"}
    _, rows = read(bundle({"orgs": orgs, "users": [*users, students]}, version="1.1"))
    ids = [row["sourcedId"] for row in rows["roles"]]
    assert len(set(ids)) == 3
    assert max(map(len, ids)) <= 255


def test_several_dated_roles_of_a_person_at_an_org_are_all_kept() -> None:
    spans = [("2026-08-15", "2026-12-20"), ("2026-12-20", "2027-06-10")]
    roles = [
        {**ROLES[0], "sourcedId": f"r-{begin}", "beginDate": begin, "endDate": end, "role": role}
        for begin, end in spans
        for role in ("teacher",)
    ]
    roles.append({**ROLES[0], "sourcedId": "r-aide", "role": "aide", "roleType": "secondary"})
    _, rows = read(bundle({"roles": [*roles, ROLES[1]]}))
    assert [(row["role"], row["beginDate"]) for row in rows["roles"]] == [
        ("teacher", "2026-08-15"),
        ("teacher", "2026-12-20"),
        ("aide", ""),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"role": "boss"},
        {"test": "like"},
        {"column": "username", "values": ()},
        {"column": "Password", "values": ("x",)},
        {"column": "sms", "values": ("x",)},
    ],
)
def test_rule_that_makes_no_sense_cannot_be_made(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"rule|never read"):
        rule(**{"role": "coach", **changes})


def test_enrollment_of_a_person_whose_role_waits_is_kept() -> None:
    taught = {**ENROLLMENTS[0], "sourcedId": "e-9", "userSourcedId": "a-1", "primary": ""}
    people = [TEACHER, STUDENT, ADMINISTRATOR]
    waiting = {**ROLES[0], "sourcedId": "r-9", "userSourcedId": "a-1", "role": "ext:lead"}
    _, rows = read(
        bundle({"users": people, "roles": [*ROLES, waiting], "enrollments": [*ENROLLMENTS, taught]})
    )
    assert [row["sourcedId"] for row in rows["enrollments"]] == ["e-1", "e-2", "e-9"]
