"""A real headless Chromium against a live server; whatever the browser complains about fails the test."""

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from alignment_dash.embedded.browser import find_browser

# Playwright's loop runs in the thread of the tests, where Django would refuse the database.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESKTOP, PHONE, NARROWEST = 1280, 390, 320


class Window:
    """One page in a context of its own; it keeps what the browser complained about."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base
        self.faults: list[str] = []
        self.listening = True
        page.on("console", lambda said: said.type in {"error", "warning"} and self._note(said.text))
        page.on("pageerror", lambda error: self._note(str(error)))
        page.on("requestfailed", lambda request: self._note(f"no answer: {request.url}"))
        page.on("response", lambda got: got.status >= 500 and self._note(f"{got.status}: {got.url}"))

    def _note(self, text: str) -> None:
        if self.listening:
            self.faults.append(text)

    def go(self, path: str) -> Any:
        """Open a path and wait until its charts are drawn; return Playwright's page."""
        self.page.goto(self.base + path, wait_until="networkidle")
        self.wait_for_charts()
        return self.page

    def wait_for_charts(self) -> None:
        drawn = "[...document.querySelectorAll('[data-chart]')].every(plot => plot.dataset.state)"
        self.page.wait_for_function(drawn)
        assert not self.page.locator("[data-chart][data-state=failed]").count()

    def accessibility_faults(self) -> list[str]:
        """Return what axe finds, one line a fault. Its own probes break the CSP, so nothing is noted meanwhile."""
        self.listening = False
        self.page.evaluate((Path(settings.NPM_ROOT) / "axe-core/axe.min.js").read_text())
        found = self.page.evaluate(
            "tags => axe.run(document, {runOnly: tags, resultTypes: ['violations'], preload: false})",
            AXE_TAGS,
        )
        self.listening = True
        return [
            f"{fault['id']}: {node['target']} {node['failureSummary']}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]

    def overflow(self) -> int:
        """Return by how many pixels the page is wider than the window."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - innerWidth"))

    def shoot(self, name: str) -> None:
        """Save a picture of the whole page where SCREENSHOTS names a folder."""
        folder = os.environ.get("SCREENSHOTS")
        if folder:
            file = re.sub(r"[^\w.-]+", "-", name).strip("-")
            self.page.screenshot(path=Path(folder) / f"{file}.png", full_page=True)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """The browser, started once; without one, skip, and fail where CI says that there must be one."""
    from playwright.sync_api import sync_playwright

    program = find_browser()
    if program is None:
        missing = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        missing("no Chromium was found; `make setup` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def window(
    chromium: Any, live_server: Any, user_in: Callable[[Role], User]
) -> Iterator[Callable[..., Window]]:
    """Open windows: `window(role, width=, scheme=, scripts=, forced_colors=)`; no role: not signed in.

    After the test no window may hold a fault: no script error, no blocked resource, no CSP violation.
    """
    opened: list[Window] = []

    def open_window(
        role: Role | None = None,
        *,
        width: int = DESKTOP,
        scheme: str = "light",
        scripts: bool = True,
        forced_colors: bool = False,
    ) -> Window:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            java_script_enabled=scripts,
            forced_colors="active" if forced_colors else "none",
        )
        if role:
            context.add_cookies([_session(user_in(role), live_server.url)])
        opened.append(Window(context.new_page(), live_server.url))
        return opened[-1]

    yield open_window
    faults = [fault for one in opened for fault in one.faults]
    for one in opened:
        one.page.context.close()
    assert faults == []


def _session(user: User, url: str) -> dict[str, str]:
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    return {"name": name, "value": client.cookies[name].value, "url": url}
