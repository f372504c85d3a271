"""What two devices write of one observation: no word lost, nothing doubled, whatever gets lost on the way."""

from dataclasses import dataclass, field
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from instruction.observing.content import BadContent, merge, parse, shown

A, B = str(UUID(int=1)), str(UUID(int=2))
SPACE = UUID(int=99)


def line(number, text, *elements):
    return {"id": str(uuid5(SPACE, str(number))), "text": text, "at": None, "elements": list(elements)}


def level(value=None, why="", not_seen=False):
    return {"level": value, "not_seen": not_seen, "why": why}


def doc(*lines, **levels):
    return {"lines": list(lines), "levels": {{"a": A, "b": B}[name]: one for name, one in levels.items()}}


def save(stored, sent, base, revision, name="s"):
    return merge(stored, sent, base=base, revision=revision, save=str(uuid5(SPACE, f"{name}{revision}")))


def texts(stored):
    return [one["text"] for one in shown(stored)["lines"]]


def test_line_changed_on_two_devices_stands_twice_and_once_when_sent_again():
    first = save({}, doc(line(1, "Students talk")), 0, 1)
    second = save(first, doc(line(1, "Students talk in pairs")), 1, 2)
    sent = doc(line(1, "All students talk"), line(2, "new"))
    third = merge(second, sent, base=1, revision=3, save=A)
    assert texts(third) == ["All students talk", "Students talk in pairs", "new"]
    again = merge(third, sent, base=1, revision=4, save=A)
    assert shown(again) == shown(third)
    # The other device goes on without having seen it: its wording is known, and stands in the copy.
    other = save(third, doc(line(1, "Students talk in pairs"), line(3, "later")), 2, 4)
    assert texts(other) == ["All students talk", "Students talk in pairs", "new", "later"]


def test_line_that_goes_on_where_the_other_device_stopped_is_not_copied():
    first = save({}, doc(line(1, "Stud", A)), 0, 1)
    second = save(first, doc(line(1, "Students ask", A)), 1, 2)
    third = save(second, doc(line(1, "Students ask why", B)), 1, 3)
    assert shown(third)["lines"] == [line(1, "Students ask why", A, B)]
    assert texts(save(third, doc(line(1, "Students", B)), 1, 4)) == ["Students ask why"]


def test_line_taken_out_on_one_device_stays_only_where_the_other_changed_it():
    first = save({}, doc(line(1, "one"), line(2, "two")), 0, 1)
    out = save(first, doc(), 1, 2)
    stale = doc(line(1, "one"), line(2, "two, changed"))
    assert texts(save(out, stale, 1, 3)) == ["two, changed"]
    assert texts(save(save(first, stale, 1, 2), doc(), 1, 3)) == ["two, changed"]


def test_level_given_on_two_devices_is_the_latest_and_its_reason_tells_the_other():
    first = save({}, doc(a=level(2, "few answers"), b=level(3)), 0, 1)
    second = save(first, doc(a=level(3, "most answer"), b=level(3)), 1, 2)
    sent = doc(a=level(4, "all answer"), b=level(not_seen=True))
    third = save(second, sent, 1, 3)
    expected = {A: level(4, "all answer\n[level 3] most answer"), B: level(not_seen=True)}
    assert shown(third)["levels"] == expected
    assert shown(save(third, sent, 1, 4))["levels"] == expected
    # Not seen on the device that had only the first state: what it did not touch does not undo the other.
    assert shown(save(second, doc(a=level(2, "few answers"), b=level(3)), 1, 3)) == shown(second)
    assert shown(save(third, doc(a=level(1, "x")), 3, 4))["levels"] == {A: level(1, "x")}


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "object"),
        ({"lines": {}}, "lines"),
        ({"lines": [1]}, "line 1"),
        ({"lines": [{"id": "x"}]}, "UUID"),
        ({"lines": [{"id": A, "text": "nul \0"}]}, "character"),
        ({"lines": [{"id": A, "text": "\ud800"}]}, "character"),
        ({"lines": [{"id": A, "text": "x" * 20_001}]}, "20,000"),
        ({"lines": [{"id": A, "text": "x", "at": "yesterday"}]}, "time"),
        ({"lines": [{"id": A, "elements": [str(UUID(int=7))]}]}, "no element"),
        ({"lines": [{"id": A, "elements": "x"}]}, "list"),
        ({"lines": [{"id": A}, {"id": A}]}, "same id"),
        ({"levels": {A: {"level": 5}}}, "1 to 4"),
        ({"levels": {A: {"level": True}}}, "1 to 4"),
        ({"levels": {A: {"level": 2, "not_seen": True}}}, "not seen"),
        ({"levels": {str(UUID(int=7)): {"level": 2}}}, "no element"),
    ],
)
def test_document_that_is_none_is_refused_with_what_is_wrong(given, said):
    with pytest.raises(BadContent, match=said):
        parse(given, elements=[A, B], levels=4)


def test_document_keeps_emoji_and_right_to_left_text_and_every_field():
    read = parse({"lines": [{"id": A, "text": "שלום 👩‍🏫"}]}, elements=[A], levels=4)
    assert read == {"lines": [{"id": A, "text": "שלום 👩‍🏫", "at": None, "elements": []}], "levels": {}}


# --- two devices, a server, and a network that loses requests and answers ---


@dataclass
class Device:
    """What a device holds: its lines, what it last saw, and a save that has had no answer yet."""

    lines: dict[str, str] = field(default_factory=dict)
    base: int = 0
    waiting: tuple | None = None
    dirty: bool = False


@dataclass
class World:
    devices: list[Device] = field(default_factory=lambda: [Device(), Device()])
    stored: dict = field(default_factory=dict)
    revision: int = 0
    words: int = 0
    saves: int = 0
    # Words that somebody took out, and lines in which both devices wrote.
    dropped: set[str] = field(default_factory=set)
    writers: dict[str, set[int]] = field(default_factory=dict)

    def word(self):
        self.words += 1
        return f"w{self.words}."

    def act(self, who, what, pick):
        device = self.devices[who]
        ids = sorted(device.lines)
        chosen = ids[pick % len(ids)] if ids else None
        if what == "add":
            uid = str(uuid5(SPACE, self.word()))
            device.lines[uid] = f"w{self.words}."
            self._wrote(who, uid)
        elif what == "write" and chosen:
            device.lines[chosen] += f" {self.word()}"
            self._wrote(who, chosen)
        elif what == "rewrite" and chosen:
            self.dropped |= set(device.lines[chosen].split())
            device.lines[chosen] = self.word()
            self._wrote(who, chosen)
        elif what == "remove" and chosen:
            self.dropped |= set(device.lines.pop(chosen).split())
            device.dirty = True
        elif what in ("save", "lose-request", "lose-answer"):
            self.send(who, what)

    def _wrote(self, who, uid):
        self.writers.setdefault(uid, set()).add(who)
        self.devices[who].dirty = True

    def send(self, who, what="save"):
        device = self.devices[who]
        if device.waiting is None:
            self.saves += 1
            sent = {
                "lines": [
                    {"id": uid, "text": text, "at": None, "elements": []}
                    for uid, text in device.lines.items()
                ],
                "levels": {},
            }
            device.waiting = (str(uuid5(SPACE, f"save {self.saves}")), device.base, sent)
            device.dirty = False
        if what == "lose-request":
            return
        name, base, sent = device.waiting
        merged = merge(self.stored, sent, base=base, revision=self.revision + 1, save=name)
        saw_less = base != self.revision
        if shown(merged) != shown(self.stored):
            self.stored, self.revision = merged, self.revision + 1
        if what == "lose-answer":
            return
        device.waiting = None
        if not saw_less:
            device.base = self.revision
        elif not device.dirty:
            device.lines = {one["id"]: one["text"] for one in shown(self.stored)["lines"]}
            device.base = self.revision
        # Written on meanwhile, a device takes nothing over and says again what it last saw, as static/js does.

    def settle(self):
        for _turn in range(3):
            for who in (0, 1):
                self.send(who)
                self.send(who)


ACTS = st.lists(
    st.tuples(
        st.integers(0, 1),
        st.sampled_from(["add", "write", "rewrite", "remove", "save", "lose-request", "lose-answer"]),
        st.integers(0, 5),
    ),
    max_size=40,
)


@settings(max_examples=200, deadline=None)
@given(ACTS)
def test_two_devices_with_lost_requests_and_answers_lose_no_word_and_double_nothing(acts):
    world = World()
    for act in acts:
        world.act(*act)
    world.settle()
    lines = [one["text"] for one in shown(world.stored)["lines"]]
    found = [word for text in lines for word in text.split()]
    written = {f"w{number}." for number in range(1, world.words + 1)}
    assert written - world.dropped <= set(found)
    if not any(len(who) > 1 for who in world.writers.values()):
        assert len(found) == len(set(found))
    stands = {one["id"]: one["text"] for one in shown(world.stored)["lines"]}
    assert [device.lines for device in world.devices] == [stands, stands]


@settings(max_examples=100, deadline=None)
@given(ACTS, st.integers(1, 3))
def test_save_sent_again_at_any_later_time_changes_nothing(acts, times):
    world = World()
    sent = []
    for act in acts:
        before = world.devices[act[0]].waiting
        world.act(*act)
        waiting = world.devices[act[0]].waiting
        if waiting and waiting != before:
            sent.append(waiting)
    world.settle()
    stood = shown(world.stored)
    for name, base, document in sent * times:
        world.stored = merge(world.stored, document, base=base, revision=world.revision + 1, save=name)
        world.revision += 1
    assert shown(world.stored) == stood
