"""What pages say of an import: times, causes and reasons in words."""

import pytest

from schools.imports.rows import causes, span
from schools.imports.words import changes, reasons


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[2026-08-01,2027-06-11)", "Aug 1, 2026 to Jun 10, 2027"),
        ("[2026-08-01,)", "from Aug 1, 2026"),
        ("[,2026-08-01)", "until Jul 31, 2026"),
    ],
)
def test_span_names_the_last_day_it_holds(text: str, words: str) -> None:
    assert span(text) == words


def test_causes_keep_errors_apart_and_join_warnings_in_the_same_words() -> None:
    def group(level: str, file: str) -> dict[str, object]:
        first = [{"file": file, "row": 2, "column": "status"}]
        return {"level": level, "message": "Odd.", "count": 3, "files": {file: 3}, "first": first}

    files = ("orgs.csv", "users.csv")
    found = causes([group(level, file) for level in ("error", "warning") for file in files])
    assert [cause.places for cause in found["errors"]] == [["2"], ["2"]]
    (joined,) = found["warnings"]
    assert (joined.count, joined.columns) == (6, ["status"])
    assert joined.places == ["orgs.csv:2", "users.csv:2"]


def test_reasons_sum_up_a_rule_that_speaks_for_several_types() -> None:
    ended = [{"code": "type.ended", "limit": 10, "message": f"{name} end."} for name in ("Staff", "Students")]
    said = reasons([{"code": "org.ended", "message": "Oak School ends."}, *ended])
    assert said[0] == {"message": "Oak School ends.", "each": []}
    assert said[1]["message"] == "Of 2 types of records more than 10 percent would end."
    assert said[1]["each"] == ["Staff end.", "Students end."]


def test_changes_name_only_what_there_is() -> None:
    plan = {"types": {"people": {"created": 1_200, "ended": 2}, "students": {"ended": 3, "unchanged": 9}}}
    assert changes(plan) == "1,200 added, 5 ended"
    assert changes({"types": {"people": {"unchanged": 4}}}) == "no change"
