"""What balancing says, and what it is asked with."""

from dataclasses import replace
from datetime import date

import pytest

from schools.models import Identity, Person
from supervision.balancing import conflicts, shown, words
from supervision.balancing.settings import Bond, Settings, Weight


@pytest.mark.parametrize(
    ("since", "said"),
    [
        (date(2026, 11, 20), "It ends work together that has only begun."),
        (date(2026, 10, 20), "It ends 1 month of work together."),
        (date(2025, 7, 1), "It ends 17 months of work together."),
        (date(2024, 11, 22), "It ends 2 years of work together."),
        (date(2030, 1, 1), "It ends work together that has only begun."),
    ],
)
def test_time_together_is_said_in_months_and_then_in_years(since, said):
    assert words.together(since, date(2026, 11, 22)) == said


def test_levels_of_schools_read_alike_before_and_after():
    row = row_of({"middle": 4, "elementary": 4}, {"middle": 4, "elementary": 3})
    assert row.levels == ("4 Elementary, 4 Middle", "3 Elementary, 4 Middle")


def row_of(before, after):
    loads = (replace(shown.NOTHING, levels=levels) for levels in (before, after))
    return shown.LoadRow(None, "", None, *loads, None, True, shown.Bar(0, 0))


def test_numbers_are_rounded_and_not_cut_off():
    assert words.one(11.96) == "12.0"


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"status": "optimal", "gap": 0.0}, "No arrangement within the limits can be better,"),
        ({"status": "within", "gap": 0.0036}, "can be more than 0.4 % better"),
        ({"status": "within", "gap": 0.01}, "can be more than 1 % better"),
        (
            {"status": "stopped", "gap": 0.031},
            "The search ended with this one; none can be more than 3.1 % better.",
        ),
    ],
)
def test_bound_is_said_in_percent_rounded_up(facts, said):
    assert said in words.bound_sentence(facts)


def test_rule_of_thumb_is_compared_by_cost():
    facts = {"objective": 6.0, "after": {}, "greedy": {"objective": 8.0, "changes": 3}}
    assert (
        "takes 3 changes; this proposal is 25 % better, by what you said matters."
        in words.greedy_sentence(facts)
    )
    assert "does as well here" in words.greedy_sentence(facts | {"objective": 8.0})
    assert "break a limit" in words.greedy_sentence(facts | {"greedy": None})


def test_every_kind_of_conflict_and_of_help_has_words():
    people, units = {1: "Kim Other", 2: "Sam Ray"}, {7: "Pat Lee (Birch Middle)"}
    conflict = {"positions": 30, "places": 24, "supervisors": [1, 2]}
    said = {
        kind: words.conflict_sentence(conflict | {"kind": kind}, people)
        for kind in (
            "no-supervisor",
            "too-few-places",
            "too-many-asked",
            "changes",
            "both",
            "several",
            "unsettled",
        )
    }
    assert "(Kim Other, Sam Ray) have 24 places" in said["too-few-places"]
    assert len(set(said.values())) == 7
    shared = conflict | {"kind": "together", "principals": (7, 8)}
    assert words.conflict_sentence(shared, people, units).startswith("Pat Lee (Birch Middle) go together")
    assert words.conflict_sentence(shared, people).startswith("Some principals go together")
    change = {"supervisor": 1, "principal": 7, "now": 12, "to": 15}
    helped = [
        words.relaxation_sentence(change | {"kind": kind}, people, units)
        for kind in ("most", "least", "changes", "outside", "pin")
    ]
    assert helped[0] == "Kim Other: at most 15 instead of 12."
    assert "Pat Lee (Birch Middle)" in helped[4]


def test_helps_that_ask_the_same_are_one_line_with_names_and_the_longest_comes_first():
    people = {
        n: Person(pk=n, identity=Identity(given_name="Supervisor", family_name=f"{n:02}"))
        for n in range(1, 60)
    }
    units = {100 + n: f"Principal {n}" for n in range(5)}

    def change(kind, supervisor, now=None, to=None, principal=None):
        return {"kind": kind, "supervisor": supervisor, "principal": principal, "now": now, "to": to}

    nearest = [change("most", n, 12, 14) for n in range(39, 1, -1)]
    nearest += [change("most", 1, 12, 13), change("most", 40, 10, 14), change("changes", None, 3, 9)]
    nearest += [change("outside", 41, principal=100 + n) for n in range(2)]
    nearest += [change("pin", 41, principal=102), change("pin", 42, principal=103)]
    helps = conflicts.helps_of(nearest, people, units)
    assert [(each.sentence, len(each.names)) for each in helps] == [
        ("38 supervisors: at most 14 instead of 12.", 38),
        ("2 principals may go to Supervisor 41, outside the stated networks or levels.", 2),
        ("Supervisor 01: at most 13 instead of 12.", 0),
        ("Supervisor 40: at most 14 instead of 10.", 0),
        ("Allow 9 changes instead of 3.", 0),
        ("Principal 2 does not stay, and goes to Supervisor 41.", 0),
        ("Principal 3 does not stay, and goes to Supervisor 42.", 0),
    ]
    assert helps[0].names == [f"Supervisor {n:02}" for n in range(2, 40)]
    assert helps[0].told.endswith("Supervisor 05, Supervisor 06, 33 more)")


def test_settings_are_kept_and_become_rules():
    asked = Settings(
        evenness=Weight.MUCH, networks=Bond.MUST, levels=Bond.NONE, most_changes=3, pinned=("a",)
    )
    assert Settings.from_json(asked.as_json()) == asked
    rules = asked.rules(need_is_known=True)
    assert (rules.need_weight, rules.change_cost, rules.level_cost, rules.most_changes) == (4.0, 1.0, 0.0, 3)
    assert (rules.hard_networks, rules.hard_levels) == (True, False)
    by_count = asked.rules(need_is_known=False)
    assert by_count.need_weight == 0
    assert by_count.count_weight > rules.count_weight
