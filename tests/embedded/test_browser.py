"""Finding the browser that browser tests drive."""

from pathlib import Path

import pytest

from alignment_dash.embedded import browser


def test_browser_named_by_the_environment_is_taken_if_it_exists(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "chromium"
    program.touch()
    monkeypatch.setenv("CHROMIUM", str(program))
    assert browser.find_browser() == str(program)
    monkeypatch.setenv("CHROMIUM", str(tmp_path / "missing"))
    assert browser.find_browser() is None


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_browser_missing_fails_in_ci_alone(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], ci: str, code: int
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setattr(browser, "find_browser", lambda: None)
    monkeypatch.setattr(browser, "install_browser", lambda: None)
    assert browser.main() == code
    assert "No Chromium" in capsys.readouterr().err
