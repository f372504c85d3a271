"""What is written in an observation: its document, checked, and two devices' writings of it brought together.

A device sends the whole document and the revision that it last saw. Lines and levels are then compared one by
one: what changed on one side only is taken from there, and what changed on both sides is kept twice. So that a
side's change can be told from what it simply has not seen yet, each line and level keeps, beside what is
written, the revision that last changed it and marks of the wordings it has had.
A wording that it has had before was replaced by someone who had seen it, or stands in a copy already.

Documents come in two forms. Outside, as devices send and read it:
    {"lines": [{"id", "text", "at", "elements": [uid]}], "levels": {uid: {"level", "not_seen", "why"}}}
Stored, each line and level has "r" and "was" besides, and "gone" holds the marks of lines that were taken out.
"""

import hashlib
import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from django.utils.translation import gettext as _

LINES_AT_MOST = 1_000
TEXT_AT_MOST = 20_000
ALL_AT_MOST = 400_000
# Marks of earlier wordings that a line keeps; a device that is further behind than that leaves a copy.
MARKS_AT_MOST = 60

Json = dict[str, Any]


class BadContent(ValueError):
    """The document is not one; the message says what is wrong with it and where."""


def parse(given: object, *, elements: Collection[str], levels: int) -> Json:
    """Return what a device sent, in the outside form with every field; BadContent where it is not a document.

    elements: uids of the elements that may be named. levels: how many levels the scale has, from 1.
    """
    if not isinstance(given, Mapping):
        raise BadContent("An object with lines and levels is wanted.")
    lines, marks = given.get("lines", []), given.get("levels", {})
    if not isinstance(lines, list) or len(lines) > LINES_AT_MOST:
        said = _("lines: a list of at most {most} lines is wanted.")
        raise BadContent(said.format(most=LINES_AT_MOST))
    if not isinstance(marks, Mapping):
        raise BadContent("levels: an object is wanted, by element.")
    known = {str(one) for one in elements}
    read = [_line(one, number, known) for number, one in enumerate(lines, start=1)]
    if len({one["id"] for one in read}) < len(read):
        raise BadContent("lines: two lines have the same id.")
    rated = {_element(uid, known, "levels"): _level(one, str(uid), levels) for uid, one in marks.items()}
    size = sum(len(one["text"]) for one in read) + sum(len(one["why"]) for one in rated.values())
    if size > ALL_AT_MOST:
        said = _("All that is written may have at most {most} characters; this has {n}.")
        raise BadContent(said.format(most=f"{ALL_AT_MOST:,}", n=f"{size:,}"))
    return {"lines": read, "levels": rated}


def _line(one: object, number: int, known: Collection[str]) -> Json:
    where = f"lines: line {number}"
    if not isinstance(one, Mapping):
        raise BadContent(f"{where}: an object is wanted.")
    tags = one.get("elements", [])
    if not isinstance(tags, list):
        raise BadContent(f"{where}: elements: a list is wanted.")
    found = dict.fromkeys(_element(uid, known, where) for uid in tags)
    return {
        "id": _uuid(one.get("id"), where),
        "text": _text(one.get("text", ""), where),
        "at": _moment(one.get("at"), where),
        "elements": list(found),
    }


def _level(one: object, uid: str, levels: int) -> Json:
    where = f"levels: {uid[:40]}"
    if not isinstance(one, Mapping):
        raise BadContent(f"{where}: an object is wanted.")
    level, not_seen = one.get("level"), one.get("not_seen", False)
    if level is not None and (
        isinstance(level, bool) or not isinstance(level, int) or not 1 <= level <= levels
    ):
        raise BadContent(f"{where}: level: a whole number from 1 to {levels}, or null.")
    if not isinstance(not_seen, bool):
        raise BadContent(f"{where}: not_seen: true or false.")
    if not_seen and level is not None:
        raise BadContent(f"{where}: what was not seen has no level.")
    return {"level": level, "not_seen": not_seen, "why": _text(one.get("why", ""), where)}


def _uuid(value: object, where: str) -> str:
    try:
        return str(UUID(str(value)))
    except ValueError:
        raise BadContent(f"{where}: id: a UUID is wanted.") from None


def _element(value: object, known: Collection[str], where: str) -> str:
    uid = str(value).lower()
    if uid not in known:
        raise BadContent(f"{where}: {uid[:40]} is no element of this framework version.")
    return uid


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise BadContent(f"{where}: text is wanted.")
    if len(value) > TEXT_AT_MOST:
        said = _("at most {most} characters; this has {n}.")
        raise BadContent(f"{where}: {said.format(most=f'{TEXT_AT_MOST:,}', n=f'{len(value):,}')}")
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise BadContent(f"{where}: {_('it holds a character that cannot be stored.')}")
    return value


def _moment(value: object, where: str) -> str | None:
    if value is None or value == "":
        return None
    try:
        return datetime.fromisoformat(str(value)).isoformat()
    except (ValueError, OverflowError):
        raise BadContent(f"{where}: at: a time such as 2026-03-02T10:15:00Z, or null.") from None


def shown(stored: Mapping[str, Any]) -> Json:
    """Return a stored document in its outside form."""
    return {
        "lines": [
            {name: line[name] for name in ("id", "text", "at", "elements")}
            for line in stored.get("lines", [])
        ],
        "levels": {
            uid: {name: one[name] for name in _EMPTY}
            for uid, one in stored.get("levels", {}).items()
            if not _is_empty(one)
        },
    }


def evidence(stored: Mapping[str, Any]) -> dict[str, tuple[int, str]]:
    """Return the level of each element that has one, with its reason: the lines tagged to it, and what was added."""
    found = {}
    for uid, one in stored.get("levels", {}).items():
        if one["level"] is not None:
            tagged = [line["text"] for line in stored.get("lines", []) if uid in line["elements"]]
            found[uid] = one["level"], "\n".join(text for text in [*tagged, one["why"]] if text.strip())
    return found


def merge(
    stored: Mapping[str, Any], given: Mapping[str, Any], *, base: int, revision: int, save: str
) -> Json:
    """Return the stored document with what a device wrote on the document of revision `base` taken in.

    given: parsed. revision: the one this save makes. save: its id; a copy's id follows from it, so that a save
    sent twice makes it once. A line changed on both sides is as the device wrote it, and a copy beside it as
    it stood; of a level the device's holds, and what stood before is told in its reason.
    """
    at = _At(base, revision, save)
    held = {line["id"]: line for line in stored.get("lines", [])}
    gone: dict[str, Json] = dict(stored.get("gone", {}))
    lines: list[Json] = []
    copies: dict[str, Json] = {}
    for line in given["lines"]:
        merged, copy = at.line(line, held.get(line["id"]), gone.get(line["id"]))
        if merged:
            lines.append(merged)
            gone.pop(line["id"], None)
        if copy and copy["id"] not in held:
            copies[line["id"]] = copy
    sent = {line["id"] for line in given["lines"]}
    merged_lines = {line["id"]: line for line in lines}
    stay: list[Json] = []
    for line in held.values():
        if line["id"] in sent:
            stay += [merged_lines[line["id"]]] if line["id"] in merged_lines else []
        elif line["r"] <= base:
            gone[line["id"]] = {"r": revision, "was": _marks(line["was"], _mark(line))}
        else:
            stay.append(line)
    # Who has seen everything says in which order it stands; a save that comes late moves nothing.
    ordered = _woven(lines, stay) if base == revision - 1 else _woven(stay, lines)
    return {
        "lines": [one for line in ordered for one in (line, copies.get(line["id"])) if one],
        "levels": at.levels(stored.get("levels", {}), given["levels"]),
        "gone": gone,
    }


def _woven(first: list[Json], second: list[Json]) -> list[Json]:
    """Return `first` in its order, and what `second` alone has before the next line that both have."""
    here = {line["id"] for line in first}
    after: dict[str, list[Json]] = {"": []}
    last = ""
    for line in second:
        if line["id"] in here:
            last = line["id"]
            after[last] = []
        else:
            after[last].append(line)
    ordered: list[Json] = []
    waiting = after[""]
    for line in first:
        if line["id"] in after:
            ordered += waiting
            waiting = after[line["id"]]
        ordered.append(line)
    return ordered + waiting


class _At:
    """One save: on which revision it was written, which it makes, and its id."""

    def __init__(self, base: int, revision: int, save: str) -> None:
        self.base, self.revision, self.save = base, revision, save

    def line(self, new: Json, old: Json | None, gone: Json | None) -> tuple[Json | None, Json | None]:
        """Return the line as it is to stand, None where it stays out, and a copy of the other side's wording."""
        mark = _mark(new)
        if old is None:
            if gone and gone["r"] > self.base and mark in gone["was"]:
                return None, None
            was = gone["was"] if gone else []
            return {**new, "r": self.revision, "was": was}, None
        if mark == _mark(old):
            return old, None
        taken = {**new, "r": self.revision, "was": _marks(old["was"], _mark(old))}
        if old["r"] <= self.base:
            return taken, None
        if mark in old["was"]:
            return old, None
        tags = list(dict.fromkeys([*old["elements"], *new["elements"]]))
        if new["text"] in old["text"]:
            # One side wrote on where the other stopped: the longer one says it all.
            taken["text"], taken["elements"] = old["text"], tags
            taken["was"] = _marks(taken["was"], mark)
            return taken, None
        if old["text"] in new["text"]:
            taken["elements"] = tags
            return taken, None
        uid = str(uuid5(UUID(self.save), new["id"]))
        copy = {**old, "id": uid, "r": self.revision, "was": []}
        return taken, copy

    def levels(self, held: Mapping[str, Json], given: Mapping[str, Json]) -> Json:
        return {uid: self._level(given.get(uid, dict(_EMPTY)), held.get(uid)) for uid in {**held, **given}}

    def _level(self, new: Json, old: Json | None) -> Json:
        if old is None:
            return {**new, "r": self.revision, "was": []}
        mark = _mark(new)
        if mark == _mark(old):
            return old
        taken = {**new, "r": self.revision, "was": _marks(old["was"], _mark(old))}
        if old["r"] <= self.base:
            return taken
        if mark in old["was"] or _is_empty(new):
            return old
        taken["was"] = _marks(taken["was"], mark)
        if not _is_empty(old):
            taken["why"] = _both_reasons(new, old)
        return taken


def _both_reasons(new: Json, old: Json) -> str:
    """Return the newer reason with what stood before, where that says something else."""
    same = (new["level"], new["not_seen"]) == (old["level"], old["not_seen"])
    if same and new["why"] in old["why"]:
        return str(old["why"])
    if same and old["why"] in new["why"]:
        return str(new["why"])
    stood = "not seen" if old["not_seen"] else "no level" if old["level"] is None else f"level {old['level']}"
    added = old["why"] if same else f"[{stood}] {old['why']}".strip()
    return f"{new['why']}\n{added}".strip()


_EMPTY: Json = {"level": None, "not_seen": False, "why": ""}


def _is_empty(level: Mapping[str, Any]) -> bool:
    return level["level"] is None and not level["not_seen"] and not level["why"]


def _mark(one: Mapping[str, Any]) -> str:
    """Return a short mark of what is written; equal for equal wordings, tags and levels."""
    words = [one.get(name) for name in ("text", "level", "not_seen", "why")]
    text = json.dumps([words, sorted(one.get("elements", ()))])
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def _marks(was: list[str], mark: str) -> list[str]:
    return [*(one for one in was if one != mark), mark][-MARKS_AT_MOST:]
