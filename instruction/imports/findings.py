"""What is wrong with a file of ratings: where, and what to do. A finding never quotes a cell."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

KEEP = 1_000
KEEP_PER_CAUSE = 200

RULES = {
    "not-utf-8": "The file is not UTF-8 text. Save it as CSV UTF-8 and send it again.",
    "nul-byte": "The text holds a NUL byte. Export the file again as plain CSV.",
    "not-csv": "The row cannot be read as CSV ({why}). Check its quotation marks.",
    "empty-file": "The file holds no ratings. Send one rating a row below the header.",
    "missing-column": "The column is missing. The header must name: {names}.",
    "unknown-column": "The column is not known. Leave it out, or name it one of: {names}.",
    "repeated-column": "The column is there more than once. Keep one.",
    "row-width": "The row has {found} cells where the header has {wanted}. Check commas and quotation marks.",
    "empty-cell": "The cell is empty. Fill it in.",
    "too-long": "The text is longer than {limit} characters. Shorten it.",
    "bad-date": "The date cannot be read. Write it as YYYY-MM-DD.",
    "future-date": "The date lies in the future. Send observations that have been made.",
    "outside-year": "The date lies outside the school year {year}. Correct it, or send that year by itself.",
    "no-framework": "No teaching framework was in force on that day. Publish one for that school year first.",
    "bad-kind": "The kind is not known. Write one of: {names}.",
    "bad-purpose": "The purpose is not known. Write one of: {names}.",
    "bad-level": "The level is not a whole number. Write the number of a proficiency level.",
    "level-outside-scale": "The level lies outside the framework's scale. Write a number from 1 to {highest}.",
    "unknown-element": "The element is not in the framework in force on that day. Write one of: {names}.",
    "repeated-element": "The observation rates this element twice. Keep one of the rows.",
    "rows-disagree": "Rows of one observation must agree. This differs from the observation's first row.",
    "unknown-person": "No one in the roster has this id. Send ids of the source system, or import the roster first.",
    "no-assignment": "This person worked at no school on that day. Check the date, or import the roster first.",
    "self-observation": "Observer and teacher are the same person. Correct one of the two.",
    "teacher-and-video": "A calibration video has no teacher. Leave this cell empty.",
    "video-without-kind": "Only the kind calibration names a video. Leave this cell empty or change the kind.",
    # Of files of other products.
    "bad-date-cell": "The date cannot be read in the format that was chosen. Correct it, or choose another format.",
    "long-cell": "The text is longer than 255 characters, or evidence than 20,000. Shorten it.",
    "more-cells": "The row has more cells than the header names columns. Check separators and quotation marks.",
    "observation-twice": "The file has this observation twice. Name a column with its id, or keep one of the rows.",
    "no-rating": "The observation has no rating. Fill one in, or leave the row out.",
    "school-differs": "The roster has this person at another school on that day. Correct one of the two.",
    "purpose-differs": (
        "This observation is stored with the other purpose, and evidence never changes its purpose by a file."
        " Check the purpose of this file."
    ),
    "unmatched-teacher": "No one person is meant by this. Say who it is in the queue; the row waits.",
    "unmatched-observer": "No one person is meant by this. Say who it is in the queue; the row waits.",
    "unmatched-school": "No school is called this. Say which it is in the queue; the row waits.",
    "unmatched-kind": "This kind of observation is not known. Say what it is in the queue; the row waits.",
    "unmatched-purpose": "This is neither purpose. Say which it is in the queue; the row waits.",
    "unmatched-element": "No element is called this. Say which it is in the queue; the row waits.",
    "unmatched-level": "No proficiency level is called this. Say which it is in the queue; the row waits.",
}


class Findings:
    """Collects findings: exact totals, and the places of the first ones of each cause."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._per_cause: Counter[tuple[str, str | None]] = Counter()
        self._kept: list[dict[str, Any]] = []

    def __bool__(self) -> bool:
        return bool(self._per_cause)

    @property
    def total(self) -> int:
        """How many findings there are, kept or not."""
        return self._per_cause.total()

    def add(
        self,
        code: str,
        *,
        rows: Iterable[int | None] = (None,),
        column: str | None = None,
        level: str = "error",
        **words: Any,
    ) -> None:
        """Add one finding for each row (1 is the header, as in a spreadsheet); `words` fill the rule's message."""
        cause = (code, column)
        message = RULES[code].format(**words)
        for row in rows:
            self._per_cause[cause] += 1
            if self._per_cause[cause] <= KEEP_PER_CAUSE and len(self._kept) < KEEP:
                self._kept.append(
                    {
                        "level": level, "file": self._file, "row": row, "column": column, "code": code,
                        "message": message,
                    }
                )  # fmt: skip

    def kept(self) -> list[dict[str, Any]]:
        """Return the kept findings in the order of the file's rows."""
        return sorted(self._kept, key=lambda finding: finding["row"] or 0)
