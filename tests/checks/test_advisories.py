"""Looking up advisories: what is known is named, and a source that is silent stops nothing."""

import sys

from alignment_dash.checks import advisories
from alignment_dash.checks.advisories import ask, of_npm, of_python


def test_known_vulnerabilities_are_named_with_their_fix() -> None:
    vulnerable = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": ["2.0"], "description": ""}
    python = {
        "dependencies": [
            {"name": "left", "version": "1.0", "vulns": [vulnerable]},
            {"name": "right", "version": "1.0", "vulns": []},
        ],
        "fixes": [],
    }
    assert of_python(python) == ["left 1.0: PYSEC-1, fixed in 2.0"]
    via = {"url": "https://example.org/advisories/GHSA-1", "severity": "high"}
    npm = {"vulnerabilities": {"up": {"range": "<2", "via": [via, "down"]}}}
    assert of_npm(npm) == ["up <2: GHSA-1, high"]
    assert of_npm({"vulnerabilities": {}}) == []


def test_accepted_advisory_is_not_named(monkeypatch) -> None:
    monkeypatch.setitem(advisories.ACCEPTED, "CVE-1", "a test")
    vulnerable = {"id": "PYSEC-1", "aliases": ["CVE-1"], "fix_versions": []}
    assert of_python({"dependencies": [{"name": "left", "version": "1.0", "vulns": [vulnerable]}]}) == []


def test_source_that_does_not_answer_is_said_and_passes(monkeypatch, capsys) -> None:
    skipped = {"dependencies": [{"name": "left", "skip_reason": "not found"}]}
    assert [of_python(skipped), of_python(None), of_npm(None), of_npm({"error": {}})] == [None] * 4
    assert ask(["no-such-program"]) is None
    assert ask([sys.executable, "-c", "print('{')"]) is None
    monkeypatch.setattr(advisories, "ask", lambda command: None)
    assert advisories.main() == 0
    assert capsys.readouterr().out == "advisories: no answer about Python packages and browser files\n"
