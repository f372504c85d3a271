"""Ratios, limits and the table of the benchmarks."""

import json
from collections.abc import Iterator

import pytest

from bench import __main__ as command
from bench.measure import Measure, interleave, percentile


def test_measure_against_a_floor_limits_the_ratio() -> None:
    held = Measure.against("page", 12.0, "ms", floor=4.0, floor_name="query", limit=3)
    assert (held.ratio, held.holds) == (3.0, True)
    assert Measure.against("page", 12.1, "ms", floor=4.0, floor_name="query", limit=3).holds is False
    assert Measure.against("page", 12.1, "ms", floor=4.0, floor_name="query", limit=None).holds is None


def test_measure_without_a_floor_limits_the_value() -> None:
    assert Measure.bounded("queries", 12, "queries", limit=12).holds is True
    assert Measure.bounded("queries", 13, "queries", limit=12).holds is False


def test_interleave_calls_both_as_often_and_takes_the_ratio_of_pairs() -> None:
    calls: list[str] = []
    slow, fast, ratio = interleave(
        lambda: calls.extend(["a", str(sum(range(20_000)))]), lambda: calls.append("b"), rounds=5, warm=1
    )
    assert calls.count("a") == calls.count("b") == 6
    assert slow > fast
    assert ratio > 1


@pytest.mark.parametrize(("share", "expected"), [(0.5, 5), (0.95, 10), (1.0, 10), (0.0, 1)])
def test_percentile_is_the_nearest_rank(share: float, expected: int) -> None:
    assert percentile([float(value) for value in range(10, 0, -1)], share) == expected


def test_bench_exits_with_a_failure_when_one_limit_does_not_hold(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    held = Measure.bounded("queries", 3, "queries", limit=12)
    broken = Measure.against("page", 9.0, "ms", floor=2.0, floor_name="query", limit=4)

    def results(names: list[str], *, keep: bool) -> Iterator[tuple[str, Measure]]:
        return [("pages", held), ("pages", broken)][: len(names)]

    monkeypatch.setattr(command, "run", results)
    assert command.main(["pages"]) == 0
    assert "12 queries" in capsys.readouterr().out
    assert command.main(["pages", "capacity", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert [row["holds"] for row in answer] == [True, False]
    command.main(["pages", "capacity"])
    assert "4.5x" in capsys.readouterr().out


def test_bench_unknown_name_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        command.main(["speed"])
    assert "unknown: speed" in capsys.readouterr().err
