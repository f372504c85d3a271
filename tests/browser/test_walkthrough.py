"""A walkthrough on a tablet: few actions, and no word lost whatever becomes of the page, the network or the answer."""

import contextlib
import re
from itertools import product

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from alignment_dash.access import reach
from alignment_dash.access.roles import Role
from instruction.models import ObservationRecord, Rating
from tests.browser.conftest import NARROWEST
from tests.browser.conftest import _session as session_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NOTES = [
    "T: What do you notice about the two graphs?",
    "4 of 5 tables compare both graphs, pointing at the axes 📈",
    "تلميذة: الخط الثاني أسرع",
]
MOST_ACTIONS = 11


# What both places keep, as text; "" for nothing.
EVERYTHING_KEPT = """new Promise((resolve) => {
  const asked = indexedDB.open("observing", 1);
  asked.onsuccess = () => {
    const all = asked.result.transaction("kept").objectStore("kept").getAll();
    all.onsuccess = () => resolve([...all.result, ...Object.entries(localStorage)
      .filter(([name]) => name !== "observing:who").map(([, text]) => text)].join(" "));
  };
})"""
# What was sealed opens again, and no longer once one character of it is another.
SEALED_AND_CHANGED = """(() => {
  const { seal, open } = observing.sealing(["ab".repeat(32)]);
  const sealed = seal({ text: "📈" });
  const at = sealed.indexOf(".") + 5;
  const changed = sealed.slice(0, at) + (sealed[at] === "A" ? "B" : "A") + sealed.slice(at + 1);
  return [open(sealed), open(changed), open("x.y"), observing.sealing(["cd".repeat(32)]).open(sealed)];
})()"""
ONLY_SEEN = ["*.css*", "*.svg*", "*/plotly*", "*htmx*", "*/charts*", "*/js/page.*"]
SHARED = re.compile(r"/observations/[-0-9a-f]{36}/$")


def records():
    with reach.all_rows(why="a test reads what was written"):
        return list(ObservationRecord.objects.all())


def record():
    (made,) = records()
    return made


def ratings(made):
    with reach.all_rows(why="a test reads what was shared"):
        found = Rating.objects.filter(observation__record=made).select_related("element_version")
        return {one.element_version.name: (one.level, one.evidence) for one in found}


def texts(made) -> list[str]:
    return [line["text"] for line in made.content["lines"]]


class Hand:
    """Taps and types on a page, and counts: one tap, or one stretch of typing, is one action."""

    def __init__(self, page) -> None:
        self.page, self.actions = page, 0

    def tap(self, found) -> None:
        self.actions += 1
        found.click()

    def begin(self) -> None:
        self.actions += 1
        self.page.get_by_label("Whom, or where").select_option(label="Terry Teacher01, Teacher")
        self.tap(self.page.get_by_role("button", name="Start"))

    def type(self, text: str) -> None:
        self.actions += 1
        self.page.keyboard.type(text)

    def tag(self, line: int, element: str) -> None:
        self.tap(
            self.page.locator("[data-lines] > li").nth(line).get_by_role("checkbox", name=element, exact=True)
        )

    def level(self, element: str, words: str) -> None:
        group = self.page.get_by_role("group", name=element, exact=True)
        self.tap(group.get_by_role("radio", name=words))

    def share(self) -> None:
        self.tap(self.page.get_by_role("button", name="Share…"))
        self.tap(self.page.get_by_role("button", name="Share now"))
        self.page.wait_for_url(SHARED, wait_until="commit")


def test_a_walkthrough_takes_at_most_eleven_actions_and_everyone_can_use_its_page(district, window):
    one = window(Role.PRINCIPAL, width=1024)
    page, hand = one.page, Hand(one.page)
    one.go(reverse("ui:home"))
    hand.tap(page.get_by_role("link", name="Begin an observation"))
    hand.begin()
    hand.type("\n".join(NOTES))
    hand.tag(0, "Element 1")
    hand.tag(1, "Element 2")
    hand.tag(2, "Element 2")
    hand.level("Element 1", "2 Developing")
    hand.level("Element 2", "3 Proficient")
    small = "[...document.querySelectorAll('main :is(button, label.tag, summary, select)')].filter(one => one.checkVisibility() && one.getBoundingClientRect().height < 44).map(one => one.outerHTML)"
    assert page.evaluate(small) == []
    assert one.accessibility_faults() == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": NARROWEST, "height": 900})
    assert (one.overflow(), one.accessibility_faults()) == (0, [])
    one.shoot("walkthrough filled in, narrow and dark")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1024, "height": 900})
    one.shoot("walkthrough filled in")
    hand.share()
    assert hand.actions <= MOST_ACTIONS, hand.actions
    assert ratings(record()) == {"Element 1": (2, NOTES[0]), "Element 2": (3, "\n".join(NOTES[1:]))}


# --- thirty tries: at each step of a walkthrough, each way that it can be cut short


class Walk:
    """One walkthrough that is cut short at one step in one way, and gone on with."""

    def __init__(self, one, step: str, cut: str, page=None) -> None:
        self.one, self.context, self.step, self.cut = one, one.page.context, step, cut
        self.before = {record.uid for record in records()}
        self.is_offline = False
        self.page = page or self._page()
        self._go(reverse("instruction:record-new"))

    def run(self):
        """Walk, and return the record that came of it."""
        for name in STEPS:
            if name == self.step:
                CUTS[self.cut](self, getattr(self, name))
            else:
                getattr(self, name)()
        (made,) = (one for one in records() if one.uid not in self.before)
        return made

    def start(self) -> None:
        Hand(self.page).begin()
        self.page.locator("#notes").wait_for()

    def write(self) -> None:
        self._at_end()
        self.page.keyboard.insert_text(NOTES[0] + "\n")
        self.page.keyboard.type(NOTES[1][:8])

    def write_on(self) -> None:
        self._at_end()
        self.page.keyboard.insert_text(NOTES[1][8:] + "\n" + NOTES[2])

    def tag(self) -> None:
        for line, element in ((0, "Element 1"), (1, "Element 2"), (2, "Element 2")):
            Hand(self.page).tag(line, element)

    def level(self) -> None:
        Hand(self.page).level("Element 1", "3 Proficient")
        Hand(self.page).level("Element 1", "2 Developing")
        Hand(self.page).level("Element 2", "Not seen")

    def share(self) -> None:
        Hand(self.page).share()

    def _at_end(self) -> None:
        self.page.locator("#notes").focus()
        self.page.keyboard.press("Control+End")

    def _page(self):
        page = self.context.new_page()
        page.set_viewport_size({"width": 1024, "height": 768})
        # Thirty walks open a hundred pages: without what is only seen they take a third of the time.
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        session.send("Network.setBlockedURLs", {"urls": ONLY_SEEN})
        return page

    def _go(self, path: str) -> None:
        self.page.goto(self.one.base + path, wait_until="domcontentloaded")

    # --- what happens

    def kill(self, act) -> None:
        """The page is closed at once; the walkthrough is found again."""
        self._do(act)
        self.page.close()
        self._reopen()

    def crash(self, act) -> None:
        """The page's process dies without a last word."""
        self._do(act)
        with contextlib.suppress(Exception):
            self.page.goto("chrome://crash")
        self.page.close()
        self._reopen()

    def offline(self, act) -> None:
        """The network goes before the step and comes back after it, on the same page."""
        self._cut(True)
        self._do(act)
        self._cut(False)
        self._again()

    def offline_and_killed(self, act) -> None:
        """The network goes, the step is done, and the page is closed before it comes back."""
        self._cut(True)
        self._do(act)
        self.page.close()
        self._cut(False)
        self._reopen()

    def answers_lost(self, act) -> None:
        """The server takes in what is sent, and the answer never comes; then the page is closed."""
        lose = lambda route: (route.fetch(), route.abort())  # noqa: E731
        self.page.route("**/api/v1/observation-records/**", lose)
        self._do(act)
        if self.step != "share":
            self.page.locator("[data-status]").wait_for()
        self.page.wait_for_timeout(150)
        self.page.close()
        self._reopen()

    def _do(self, act) -> None:
        """Do the step, as far as it can be: sharing waits for no page."""
        if self.step != "share":
            act()
            return
        hand = Hand(self.page)
        hand.tap(self.page.get_by_role("button", name="Share…"))
        hand.tap(self.page.get_by_role("button", name="Share now"))
        if self.is_offline:
            # Else it could be on its way still when the network is back, and share by itself.
            self.page.locator("[data-trouble]").wait_for()

    def _cut(self, is_offline: bool) -> None:
        self.is_offline = is_offline
        self.context.set_offline(is_offline)

    def _again(self) -> None:
        """Share once more where that had no effect."""
        if self.step == "share" and self.page.locator("form[data-observing]").count():
            if not self.page.get_by_role("button", name="Share now").is_visible():
                self.page.get_by_role("button", name="Share…").click()
            self.page.get_by_role("button", name="Share now").click()
            self.page.wait_for_url(SHARED, wait_until="commit")

    def _reopen(self) -> None:
        """Open the observation again; where the server has none yet, the page for new ones first, which sends it."""
        self.page = self._page()
        if self.step in ("start", "write"):
            self._go(reverse("instruction:record-new"))
        for _ in range(2_000):
            made = [one for one in records() if one.uid not in self.before]
            if made:
                break
            self.page.wait_for_timeout(25)
        self._go(reverse("instruction:record-write", kwargs={"uid": made[0].uid}))
        self._again()


STEPS = ("start", "write", "write_on", "tag", "level", "share")
CUTS = {
    "page closed": Walk.kill,
    "page crashed": Walk.crash,
    "network cut": Walk.offline,
    "network cut, page closed": Walk.offline_and_killed,
    "answers lost, page closed": Walk.answers_lost,
}


def _cut_short(one, tries: list[tuple[str, str]]) -> None:
    """Walk once for each step and way, and find every word once."""
    one.listening = False  # it hears of every cut
    went, page = {}, None
    for step, cut in tries:
        walk = Walk(one, step, cut, page)
        made, page = walk.run(), walk.page
        levels = {uid: one["level"] for uid, one in made.content["levels"].items()}
        went[step, cut] = (made.state, texts(made), ratings(made), sorted(levels.values(), key=str))
    right = ("shared", NOTES, {"Element 1": (2, NOTES[0])}, [2, None])
    assert {name: got for name, got in went.items() if got != right} == {}


EVERY = list(product(STEPS, CUTS))


@pytest.mark.slow
def test_whatever_is_cut_short_no_word_is_lost_and_nothing_is_doubled(district, window):
    """Two ways at each step, each way twice or more; `make test-full` tries all thirty."""
    tries = [tried for number, tried in enumerate(EVERY) if (number // len(CUTS) - number) % len(CUTS) < 2]
    assert {len([1 for step, _cut in tries if step == one]) for one in STEPS} == {2}
    assert {cut for _step, cut in tries} == set(CUTS)
    _cut_short(window(Role.PRINCIPAL, own_tab=True), tries)


@pytest.mark.full
def test_at_every_step_in_every_way_no_word_is_lost_and_nothing_is_doubled(district, window):
    assert len(EVERY) == 30
    _cut_short(window(Role.PRINCIPAL, own_tab=True), EVERY)


def test_what_the_device_keeps_is_sealed_and_nobody_else_s(district, window):
    one = window(Role.PRINCIPAL, own_tab=True)
    page, context = one.page, one.page.context
    one.go(reverse("ui:home"))
    page.evaluate("localStorage.clear(); indexedDB.deleteDatabase('observing')")
    one.go(reverse("instruction:record-new"))
    one.listening = False
    assert page.evaluate(SEALED_AND_CHANGED) == [{"text": "📈"}, None, None, None]
    context.set_offline(True)
    hand = Hand(page)
    hand.begin()
    hand.type(NOTES[0])
    page.wait_for_selector("text=Kept on this device, not sent yet")
    assert "graphs" not in page.evaluate(EVERYTHING_KEPT)
    _sign_in(one, district.users[Role.SUPERVISOR])
    context.set_offline(False)
    page.wait_for_selector("text=Someone else is signed in")
    expect(page.get_by_text("graphs")).to_have_count(0)
    other = context.new_page()
    other.goto(one.base + reverse("instruction:record-new"))
    other.wait_for_function("indexedDB.databases().then(found => found.length)")
    expect(other.get_by_text("Kept on this device", exact=True)).not_to_be_visible()
    assert records() == []
    other.close()
    _sign_in(one, district.users[Role.PRINCIPAL])
    one.go(reverse("instruction:record-new"))
    page.locator("#notes").wait_for()
    page.wait_for_selector("[data-status][data-state=saved]")
    assert texts(record()) == [NOTES[0]]
    hand.share()
    assert page.evaluate(EVERYTHING_KEPT) == ""


def test_without_scripts_a_plain_form_does_the_same(district, window):
    one = window(Role.PRINCIPAL, scripts=False)
    page, hand = one.page, Hand(one.page)
    one.page.goto(one.base + reverse("instruction:record-new"))
    hand.begin()
    page.locator("#notes").fill("\n".join(NOTES))
    page.get_by_role("button", name="Save, then tag the lines").click()
    hand.tag(0, "Element 1")
    hand.tag(1, "Element 2")
    page.locator("#notes").fill("\n".join(["Before all.", *NOTES]))
    hand.level("Element 1", "2 Developing")
    hand.level("Element 2", "Not seen")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("Saved.").first).to_be_visible()
    hand.share()
    made = record()
    assert texts(made) == ["Before all.", *NOTES]
    assert ratings(made) == {"Element 1": (2, NOTES[0])}


def _sign_in(one, user) -> None:
    one.page.context.clear_cookies()
    one.page.context.add_cookies([session_of(user, one.base)])
