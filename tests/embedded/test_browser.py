"""Finding the browser that browser tests drive."""

import shutil
from collections.abc import Callable
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


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., list[str]]:
    """Put programs on a path of their own, apt-get among them, which installs what `offered` names, or fails.

    Returns what apt-get was asked, call by call.
    """

    def made(*programs: str, offered: str = "") -> list[str]:
        for name in programs:
            _program(tmp_path / name)
        asked: list[str] = []

        def apt_get(*arguments: str) -> bool:
            asked.append(" ".join([arguments[0], arguments[-1]]))
            if arguments[-1] == offered:
                _program(tmp_path / offered)
            return arguments[0] == "update" or arguments[-1] == offered

        monkeypatch.setenv("CI", "true")
        monkeypatch.setenv("PATH", str(tmp_path))
        monkeypatch.delenv("CHROMIUM", raising=False)
        monkeypatch.setattr(browser, "_may_install_packages", lambda: True)
        monkeypatch.setattr(browser, "_apt_get", apt_get)
        monkeypatch.setattr(browser, "_playwrights_own", lambda: None)
        return asked

    return made


def _program(path: Path) -> None:
    path.touch()
    path.chmod(0o755)


def _printed(capsys: pytest.CaptureFixture[str]) -> str:
    assert browser.main() == 0
    return Path(capsys.readouterr().out.strip()).name


def test_browser_shell_comes_before_a_whole_one(
    machine: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    asked = machine("chromium", browser.SHELL)
    assert _printed(capsys) == browser.SHELL
    assert asked == []


def test_browser_without_a_package_of_the_shell_is_a_whole_one(
    machine: Callable[..., list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    machine("chromium")
    assert _printed(capsys) == "chromium"
    asked = machine(offered="chromium")
    (Path(shutil.which("chromium") or "")).unlink()
    assert _printed(capsys) == "chromium"
    assert asked[-2:] == [f"install {browser.SHELL}", "install chromium"]
