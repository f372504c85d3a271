"""A real headless Chromium against a live server; whatever the browser complains about fails the test."""

import os
import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.files.storage import FileSystemStorage
from django.test import Client
from django.test.testcases import FSFilesHandler

from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from alignment_dash.embedded.browser import find_browser
from alignment_dash.ui.staticfiles import STYLESHEET, bundled
from tests import sign_ins
from tests.databases import DATABASES, LOOKED_AT

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
# All that a color scheme can change: the stylesheet tells schemes apart by light-dark(), which gives colors alone.
COLOR_RULES = ("color-contrast", "link-in-text-block")
AXE = "vendor/axe.js"
# Only what is wrong leaves the browser: the rest of its report is a thousand times as long.
RUN_AXE = """async only => {
    const options = {runOnly: only, resultTypes: ['violations'], preload: false};
    const {violations} = await axe.run(document, options);
    return violations.flatMap(({id, nodes}) =>
        nodes.map(({target, failureSummary}) => `${id}: ${JSON.stringify(target)} ${failureSummary}`));
}"""
USES_OF_A_TAB = 30
DESKTOP, PHONE, NARROWEST = 1280, 390, 320


class Window:
    """One page in a context of its own; it keeps what the browser complained about."""

    def __init__(self, page: Any, base: str) -> None:
        self.page, self.base = page, base
        self.faults: list[str] = []
        self.listening = True
        self._heard = {
            "console": lambda said: said.type in {"error", "warning"} and self._note(said.text),
            "pageerror": lambda error: self._note(str(error)),
            "requestfailed": self._note_failure,
            "response": lambda got: got.status >= 500 and self._note(f"{got.status}: {got.url}"),
        }
        for event, listener in self._heard.items():
            page.on(event, listener)

    def leave(self) -> None:
        """Listen no more."""
        for event, listener in self._heard.items():
            self.page.remove_listener(event, listener)

    def _note(self, text: str) -> None:
        if self.listening:
            self.faults.append(text)

    def _note_failure(self, request: Any) -> None:
        # What the browser itself gave up, because it left the page meanwhile, is nobody's fault.
        if request.failure != "net::ERR_ABORTED":
            self._note(f"no answer: {request.url} ({request.failure})")

    def go(self, path: str) -> Any:
        """Open a path and wait until it is loaded, its charts are drawn and no part is on its way.

        Returns Playwright's page. "networkidle" would add half a second to each of hundreds of pages.
        """
        self.page.goto(self.base + path, wait_until="load")
        self.wait_for_charts()
        self._wait_for("!document.querySelector('.htmx-request')")
        return self.page

    @contextmanager
    def without_scripts(self) -> Iterator[None]:
        """Open what is opened meanwhile as a browser does that runs no script."""
        session = self.page.context.new_cdp_session(self.page)
        session.send("Emulation.setScriptExecutionDisabled", {"value": True})
        yield
        session.send("Emulation.setScriptExecutionDisabled", {"value": False})
        session.detach()

    def wait_for_charts(self) -> None:
        """Wait until every chart is drawn; none may have failed."""
        self._wait_for("[...document.querySelectorAll('[data-chart]')].every(plot => plot.dataset.state)")
        assert not self.page.evaluate("document.querySelector('[data-chart][data-state=failed]') !== null")

    def _wait_for(self, condition: str) -> None:
        """Wait until an expression is true; mostly it is, and asking costs a tenth of being told."""
        if not self.page.evaluate(condition):
            self.page.wait_for_function(condition)

    def accessibility_faults(self, *rules: str) -> list[str]:
        """Return what axe finds, one line a fault; `rules`: only these of its rules.

        Its own probes break the CSP, so nothing is noted meanwhile.
        """
        self.listening = False
        if not self.page.evaluate("'axe' in window"):
            self.page.add_script_tag(url=f"{self.base}/static/{AXE}")
        found: list[str] = self.page.evaluate(RUN_AXE, list(rules) or AXE_TAGS)
        self.listening = True
        return found

    def faults_by_look(self, name: str) -> dict[tuple[int, str], list[str]]:
        """Return what axe finds at each width in each color scheme that has any; `name`: of the pictures.

        Every rule is asked at each width, and in its second scheme those about colors.
        """
        found = {}
        for width in (DESKTOP, PHONE):
            self.page.set_viewport_size({"width": width, "height": 900})
            for scheme, rules in (("light", ()), ("dark", COLOR_RULES)):
                self.page.emulate_media(color_scheme=scheme)
                found[width, scheme] = self.accessibility_faults(*rules)
                self.shoot(f"{name}-{width}-{scheme}")
        return {look: faults for look, faults in found.items() if faults}

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


class Contexts:
    """Browser contexts handed from test to test: cookies and tabs go, what was fetched and compiled stays."""

    def __init__(self, browser: Any, nothing: str) -> None:
        self.browser, self.nothing = browser, nothing
        self.free: dict[bool, list[Any]] = {True: [], False: []}
        self.uses: Counter[Any] = Counter()

    def take(self, scripts: bool) -> Any:
        """Return a context that nobody uses, with or without scripts; its first tab is empty."""
        if self.free[scripts]:
            return self.free[scripts].pop()
        context = self.browser.new_context(java_script_enabled=scripts)
        context.new_page()
        return context

    def give_back(self, context: Any, scripts: bool) -> None:
        """Leave the first tab, close the others and sign out.

        It is left for a file of the same server: for about:blank, and back, the browser starts a process each. Only
        after many tests its process ends, or it keeps a gigabyte of what they left behind.
        """
        first, *others = context.pages
        self.uses[context] += 1
        if self.uses[context] % USES_OF_A_TAB:
            first.goto(self.nothing)
            first.evaluate("sessionStorage.clear()")
            first.mouse.move(0, 0)
        else:
            context.new_page()
            first.close()
        for page in others:
            page.close()
        context.clear_cookies()
        self.free[scripts].append(context)


@pytest.fixture(scope="session")
def contexts(chromium: Any, live_server: Any, tmp_path_factory: Any) -> Iterator[Contexts]:
    # Served as any script is, it is fetched and compiled once, not on each page.
    settings.NPM_STATIC_FILES[AXE] = "axe-core/axe.min.js"
    # The stylesheet in one file, as production serves it: each of its parts costs on each page.
    settings.STATICFILES_DIRS = [_bundle(tmp_path_factory.mktemp("static")), *settings.STATICFILES_DIRS]
    finders.get_finder.cache_clear()
    # WhiteNoise serves them, as in production, and says for how long they keep; Django's own handlers do not.
    for handler in (StaticFilesHandler, FSFilesHandler):
        handler._should_handle = lambda self, path: False
    made = Contexts(chromium, f"{live_server.url}/static/icon.svg")
    yield made
    # Before the server stops: what they keep open would keep its connections to the database.
    for context in made.free[True] + made.free[False]:
        context.close()


def _bundle(folder: Path) -> Path:
    """Write into `folder` what collectstatic would make of the stylesheet, and return it."""
    (source,) = settings.STATICFILES_DIRS
    storage = FileSystemStorage(source)
    names = [file.relative_to(source).as_posix() for file in Path(source).rglob("*.css")]
    made = folder / STYLESHEET
    made.parent.mkdir()
    made.write_text(bundled({name: (storage, name) for name in names}))
    return folder


@pytest.fixture
def window(
    contexts: Contexts, live_server: Any, user_in: Callable[[Role], User]
) -> Iterator[Callable[..., Window]]:
    """Open windows: `window(role, width=, scheme=, scripts=, forced_colors=)`; no role: not signed in.

    own_tab: in a tab of its own, for a test that does what would stay to the one that goes from test to test. For
    each the browser starts a process, which compiles all scripts once more.

    After the test no window may hold a fault: no script error, no blocked resource, no CSP violation.
    """
    opened: list[tuple[Window, bool]] = []

    def open_window(
        role: Role | None = None,
        *,
        width: int = DESKTOP,
        scheme: str = "light",
        scripts: bool = True,
        forced_colors: bool = False,
        own_tab: bool = False,
    ) -> Window:
        context = contexts.take(scripts)
        page = context.new_page() if own_tab else context.pages[0]
        if role:
            context.add_cookies([_session(user_in(role), live_server.url)])
        page.set_viewport_size({"width": width, "height": 900})
        colors = "active" if forced_colors else "none"
        page.emulate_media(media="null", color_scheme=scheme, forced_colors=colors)
        opened.append((Window(page, live_server.url), scripts))
        return opened[-1][0]

    yield open_window
    for one, scripts in opened:
        one.leave()
        contexts.give_back(one.page.context, scripts)
    assert [fault for one, _scripts in opened for fault in one.faults] == []


def _session(user: User, url: str) -> dict[str, str]:
    name = settings.SESSION_COOKIE_NAME
    if DATABASES.wanted == LOOKED_AT:
        return {"name": name, "value": sign_ins.lay_out(user), "url": url}
    client = Client()
    client.force_login(user)
    return {"name": name, "value": client.cookies[name].value, "url": url}
