"""What is written by a framework version, laid out as the page shows it."""

from dataclasses import dataclass
from typing import Any

from instruction.models import ElementVersion
from instruction.observing.entry.lines import NOT_SEEN
from instruction.observing.entry.queries import Panel


@dataclass(frozen=True, slots=True)
class Block:
    """One element on the page: its levels to choose among with their descriptors, and what is said of it."""

    wording: ElementVersion
    levels: list[tuple[str, str, str, bool]]  # value, name, descriptor, whether it is chosen
    is_seen: str  # "", "level" or "not-seen"
    why: str
    reasons: list[str]

    @property
    def uid(self) -> str:
        """The element's."""
        return str(self.wording.element.uid)


@dataclass(frozen=True, slots=True)
class Sheet:
    """What is written by a version: lines with their tags, and the elements, those in focus first."""

    panel: Panel
    lines: list[dict[str, Any]]
    focus: list[Block]
    others: list[Block]

    @property
    def notes(self) -> str:
        """The lines as one text."""
        return "\n".join(line["text"] for line in self.lines)

    @property
    def known(self) -> str:
        """The ids of the lines shown."""
        return " ".join(line["id"] for line in self.lines)

    @property
    def levels_given(self) -> int:
        """How many elements have a level."""
        return sum(block.is_seen == "level" for block in (*self.focus, *self.others))

    @property
    def others_used(self) -> bool:
        """Whether something is said of an element that is not in focus."""
        return any(block.is_seen or block.why or block.reasons for block in self.others)


def sheet_of(panel: Panel, written: dict[str, Any] | None = None) -> Sheet:
    """Return the sheet of a panel; written: the document in its outside form, nothing for an empty one."""
    written = written or {"lines": [], "levels": {}}
    reasons: dict[str, list[str]] = {}
    for line in written["lines"]:
        for uid in line["elements"]:
            reasons.setdefault(uid, []).append(line["text"])
    names = panel.version.level_names

    def block(one: ElementVersion) -> Block:
        uid = str(one.element.uid)
        said = written["levels"].get(uid, {"level": None, "not_seen": False, "why": ""})
        texts = {descriptor.level: descriptor.text for descriptor in one.descriptors.all()}
        levels = [
            (str(level), name, texts.get(level, ""), said["level"] == level)
            for level, name in enumerate(names, start=1)
        ]
        seen = NOT_SEEN if said["not_seen"] else "level" if said["level"] else ""
        return Block(one, levels, seen, said["why"], reasons.get(uid, []))

    return Sheet(
        panel, written["lines"], [block(one) for one in panel.focus], [block(one) for one in panel.others]
    )
