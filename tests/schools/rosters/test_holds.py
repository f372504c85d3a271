"""Which rosters are held for a person to look at, and what is said; every number can be checked by hand."""

from dataclasses import dataclass
from typing import Any

import pytest

from schools.rosters.holds import holds


@dataclass(frozen=True)
class Limits:
    end_percent: int = 10
    end_floor: int = 5
    update_percent: int = 75
    update_floor: int = 5
    shrink_percent: int = 20
    unknown_percent: int = 50


def plan(ids: tuple[int, int] = (100, 100), mode: str = "bulk", **types: dict[str, int]) -> dict[str, Any]:
    """A plan that says of each type what is given, with `ids` seen and known."""
    full = {
        name: {"held": 0, "created": 0, "updated": 0, "ended": 0, "rows": 1, "mode": mode, **counts}
        for name, counts in types.items()
    }
    return {"types": full, "ids": {"seen": ids[0], "known": ids[1]}}


def codes(given: dict[str, Any], **more: Any) -> list[str]:
    return [hold.code for hold in holds(given, Limits(), **more)]


def test_roster_that_ends_485_of_500_students_is_held_in_words() -> None:
    (hold,) = holds(plan(students={"held": 500, "ended": 485, "rows": 15}), Limits())
    assert (hold.code, hold.type, hold.count, hold.total, hold.percent, hold.limit) == (
        "type.ended", "students", 485, 500, 97.0, 10,
    )  # fmt: skip
    assert hold.message == (
        "This roster ends 485 of 500 students (97%). More than 10% (at least 5) is held for a person to look at."
    )


def test_its_file_that_shrank_is_said_first() -> None:
    given = plan(students={"held": 500, "ended": 485, "rows": 15})
    shrank, ended = holds(given, Limits(), previous_rows={"students": 500})
    assert (shrank.code, ended.code) == ("file.shrank", "type.ended")
    assert shrank.message == (
        "users.csv is a full list and holds 15 rows; the last one applied had 500, so 97% are missing."
        " More than 20% (at least 5) is held for a person to look at."
    )


@pytest.mark.parametrize(
    ("held", "ended", "is_held"),
    [
        (500, 50, False),  # exactly 10%
        (500, 51, True),
        (3, 3, True),  # all three, although below the floor
        (1, 1, False),  # one is not several
        (3, 1, False),
        (39, 4, False),  # 10.3%, one below the floor
        (39, 5, True),  # 12.8%
        (50, 5, False),  # the floor, and exactly 10%
        (49, 5, True),
        (0, 0, False),
    ],
)
def test_endings_hold_from_the_floor_on_and_above_the_percentage(
    held: int, ended: int, is_held: bool
) -> None:
    assert codes(plan(people={"held": held, "ended": ended})) == (["type.ended"] if is_held else [])


@pytest.mark.parametrize(("updated", "is_held"), [(75, False), (76, True)])
def test_changes_hold_above_three_quarters(updated: int, is_held: bool) -> None:
    assert codes(plan(people={"held": 100, "updated": updated})) == (["type.updated"] if is_held else [])


def test_few_changes_of_few_records_hold_nothing() -> None:
    assert codes(plan(orgs={"held": 4, "updated": 4})) == []


@pytest.mark.parametrize(
    ("held", "updated", "ended", "created"),
    [
        (9_400, 41, 0, 3),  # 6 days in January
        (9_400, 53, 0, 3),  # 5 days
        (9_512, 4_568, 147, 112),  # 11 months, with a summer
        (9_433, 5_920, 139, 218),  # 16 months
    ],
)
def test_ordinary_churn_of_a_real_directory_is_not_held(
    held: int, updated: int, ended: int, created: int
) -> None:
    """Texas' school directory 2015 to 2018: rows added, changed and gone between two of its editions."""
    rows = held - ended + created
    given = plan(
        (rows, rows - created),
        people={"held": held, "updated": updated, "ended": ended, "created": created, "rows": rows},
    )
    assert codes(given, previous_rows={"people": held}) == []


def test_half_the_people_missing_is_held_for_their_file_and_each_type_they_are_of() -> None:
    given = plan(
        (112, 112),
        people={"held": 23, "ended": 12, "rows": 112},
        students={"held": 200, "ended": 100, "rows": 112},
    )
    found = holds(given, Limits(), previous_rows={"people": 224, "students": 224})
    assert [(hold.code, hold.type, hold.percent) for hold in found] == [
        ("file.shrank", "people", 50.0),
        ("type.ended", "people", 52.2),
        ("type.ended", "students", 50.0),
    ]


def test_other_districts_file_is_held_for_its_unknown_ids() -> None:
    held = {"held": 837, "ended": 837, "rows": 300}
    found = holds(plan((320, 2), people=held), Limits())
    assert [hold.code for hold in found] == ["ids.unknown", "type.ended"]
    assert "318 of the 320 ids in this roster (99.4%) are not known" in found[0].message


def test_growth_that_keeps_everyone_is_not_held() -> None:
    assert codes(plan((1_000, 20), people={"held": 20, "rows": 1_000})) == []


def test_delta_that_adds_a_few_is_not_held() -> None:
    assert codes(plan((10, 0), mode="delta", students={"held": 10_000, "rows": 10})) == []


def test_delta_full_of_unknown_ids_is_held() -> None:
    assert codes(plan((9_000, 0), mode="delta", students={"held": 10_000})) == ["ids.unknown"]


def test_first_roster_of_a_district_is_not_held() -> None:
    assert codes({**plan((223, 0), people={"created": 223}), "other_sources": []}) == []


def test_new_source_beside_another_is_held_and_named() -> None:
    given = {**plan((223, 0), people={"created": 223}), "other_sources": ["skyward"]}
    (hold,) = holds(given, Limits(), source="powerschool")
    assert hold.code == "source.new"
    assert "This roster comes from powerschool" in hold.message
    assert "name the source skyward" in hold.message


def test_second_source_that_is_known_is_not_held() -> None:
    given = {**plan(people={"held": 5}), "other_sources": ["skyward"]}
    assert codes(given, source="powerschool") == []


def test_empty_full_list_is_held_even_for_three() -> None:
    hold, ended = holds(plan(people={"held": 3, "ended": 3, "rows": 0}), Limits())
    assert ended.message == (
        "This roster ends all 3 staff members. That is always held for a person to look at."
    )
    assert hold.message == "users.csv is a full list and holds no rows, while 3 of its records are held here."


@pytest.mark.parametrize("mode", ["delta", "absent"])
def test_empty_or_short_file_that_is_no_full_list_is_not_held(mode: str) -> None:
    given = plan(mode=mode, people={"held": 300, "rows": 0})
    assert codes(given, previous_rows={"people": 300}) == []


@pytest.mark.parametrize(("rows", "is_held"), [(80, False), (79, True)])
def test_full_list_that_shrank_is_held_above_a_fifth(rows: int, is_held: bool) -> None:
    given = plan(sections={"held": 0, "rows": rows})
    assert codes(given, previous_rows={"sections": 100}) == (["file.shrank"] if is_held else [])


def test_two_of_three_terms_are_not_held() -> None:
    assert codes(plan(sessions={"held": 0, "rows": 2}), previous_rows={"sessions": 3}) == []


def test_school_that_disappears_is_held_and_named() -> None:
    given = plan(orgs={"held": 169, "ended": 1, "rows": 168}) | {
        "orgs_ended": [{"id": "oak", "label": "Oak School"}]
    }
    (hold,) = holds(given, Limits())
    assert (hold.code, "Oak School" in hold.message) == ("org.ended", True)


def test_many_schools_that_disappear_are_counted() -> None:
    ended = [{"id": str(number), "label": f"School {number}"} for number in range(8)]
    (hold,) = holds({"orgs_ended": ended}, Limits())
    assert "School 4 and 3 more" in hold.message


def test_roster_that_would_lock_out_its_sender_is_held() -> None:
    given = plan() | {"users_suspended": [7, 9]}
    assert codes(given, uploader=9) == ["account.own"]
    assert codes(given, uploader=8) == []
    assert codes(given) == []


@pytest.mark.parametrize(
    ("suspended", "accounts", "is_held"),
    [
        (14, 20, True),
        (4, 20, False),  # 20%, one below the floor
        (5, 20, True),
        (5, 50, False),  # exactly 10%
        (3, 3, True),  # all, although below the floor
        (1, 1, False),
        (0, 0, False),
    ],
)
def test_many_sign_ins_that_close_are_held(suspended: int, accounts: int, is_held: bool) -> None:
    given = plan() | {"users_suspended": list(range(suspended))}
    assert codes(given, accounts=accounts) == (["account.many"] if is_held else [])


def test_sign_ins_that_close_are_told_in_numbers() -> None:
    (hold,) = holds(plan() | {"users_suspended": list(range(14))}, Limits(), accounts=20)
    assert hold.message == (
        "This roster would suspend the sign-in of 14 of 20 people (70%). More than 10% (at least 5), or all, is"
        " held for a person to look at."
    )


def test_staff_role_that_nobody_keeps_is_held_and_named() -> None:
    ended = {"assistant-principal": [5, 5], "teacher": [3, 40], "coach": [1, 1]}
    (hold,) = holds(plan() | {"roles_ended": ended}, Limits())
    assert (hold.code, hold.count) == ("role.ended", 5)
    assert "the role “assistant principal” from all 5 people" in hold.message


def test_spared_administrator_holds_nothing() -> None:
    assert codes(plan() | {"users_spared": [9]}, uploader=9) == []


def test_plan_without_counts_holds_nothing() -> None:
    assert codes({}) == []
