"""What a form sent without scripts says: notes as one text, tags by line, levels by element.

static/js/observing-lines.js reads an edit of the text in the same way.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.http import QueryDict

NOT_SEEN = "not-seen"
Line = dict[str, Any]


def content_from(
    data: QueryDict, before: Sequence[Mapping[str, Any]], *, elements: Collection[str], now: str
) -> dict[str, Any]:
    """Return what was sent as the document of instruction.observing.content, not yet checked.

    before: the lines as they stand; those the form was made of are told by their ids in it. elements: uids of the version's. now: an ISO time.
    """
    shown = set(data.get("known", "").split())
    before = [line for line in before if line["id"] in shown]
    lines = edited(before, data.get("notes", "").replace("\r\n", "\n").replace("\r", "\n"), now)
    for line in lines:
        if line["id"] in shown:
            line["elements"] = data.getlist(f"tag.{line['id']}")
    return {
        "lines": [line for line in lines if line["text"].strip()],
        "levels": {uid: _level(data, uid) for uid in elements if f"level.{uid}" in data},
    }


def _level(data: QueryDict, uid: str) -> dict[str, Any]:
    value = data.get(f"level.{uid}", "")
    # Not isdigit alone: that also holds for digits that int() refuses.
    level = int(value) if value.isascii() and value.isdigit() and len(value) <= 3 else None
    return {"level": level, "not_seen": value == NOT_SEEN, "why": data.get(f"why.{uid}", "").strip()}


def edited(before: Sequence[Mapping[str, Any]], text: str, now: str) -> list[Line]:
    """Return the lines after an edit: what stands in both keeps its id, its time and its tags.

    Lines before and after the edited place are told by their text; within it, lines are paired in order, what is
    more is new, and what a line was joined with leaves it its tags.
    """
    texts = text.split("\n")
    least = min(len(before), len(texts))
    head = _same(before[:least], texts[:least])
    tail = _same(before[head:][::-1], texts[head:][::-1])
    was, changed = before[head : len(before) - tail], texts[head : len(texts) - tail]
    made = [_line(was[at] if at < len(was) else None, one, now) for at, one in enumerate(changed)]
    if made and len(was) > len(made):
        _join(made[-1], was[len(made) :])
    kept = [{**line} for line in before[:head]]
    return [*kept, *made, *({**line} for line in before[len(before) - tail :])]


def _same(lines: Sequence[Mapping[str, Any]], texts: Sequence[str]) -> int:
    """Return how many of them are equal from the start on."""
    pairs = zip(lines, texts, strict=False)
    return next(
        (at for at, (line, text) in enumerate(pairs) if line["text"] != text), min(len(lines), len(texts))
    )


def _line(old: Mapping[str, Any] | None, text: str, now: str) -> Line:
    began = now if text.strip() else None
    if old is None:
        return {"id": str(uuid4()), "text": text, "at": began, "elements": []}
    return {**old, "text": text, "at": old["at"] or began}


def _join(line: Line, gone: Sequence[Mapping[str, Any]]) -> None:
    for one in gone:
        if one["text"].strip() and one["text"] in line["text"]:
            line["elements"] = list(dict.fromkeys([*line["elements"], *one["elements"]]))
