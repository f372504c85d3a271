"""Reading a OneRoster bundle: from the bytes of a zip to checked rows, counts and findings.

Pure: no database and no Django. Rows are handed to a sink in batches while they are read, so that memory
holds ids and not the bundle; the caller undoes what the sink did when `accepted` is false.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import IO

from .emitted import EMITTED
from .findings import Findings
from .manifest import Manifest, Mode, read_manifest
from .options import Count, Options, Progress, Sink
from .package import Refused, open_package
from .reading import Reading
from .register import Known, nothing_known

__all__ = ["EMITTED", "Count", "Options", "Progress", "Roster", "Sink", "drop", "read_roster"]


@dataclass(slots=True)
class Roster:
    """What was found in a bundle. It may be applied only when `accepted`."""

    findings: Findings
    version: str = ""
    modes: dict[str, Mode] = field(default_factory=dict)
    system_name: str = ""
    system_code: str = ""
    counts: dict[str, Count] = field(default_factory=dict)
    unmatched_words: Counter[str] = field(default_factory=Counter)

    @property
    def accepted(self) -> bool:
        """Whether nothing found rejects the bundle."""
        return not self.findings.has_errors


def drop(table: str, rows: list[tuple[str, ...]]) -> None:
    """The sink of a caller who only wants the verdict."""


def read_roster(
    file: IO[bytes],
    *,
    options: Options | None = None,
    begin: Callable[[Manifest], None] = lambda manifest: None,
    known: Known = nothing_known,
    sink: Sink = drop,
    progress: Progress = lambda done, total: None,
) -> Roster:
    """Read and check the zip in `file` (seekable, binary); never raises for what is in it.

    `begin` is told the manifest before the first row. `known` answers which ids the consumer holds (see
    `Register`). `sink` gets the rows of `EMITTED` in batches until the first error. `progress` is told bytes
    read and bytes claimed.
    """
    options = options or Options()
    roster = Roster(Findings(strict=options.strict))
    try:
        package = open_package(file, options.limits, roster.findings)
        manifest = read_manifest(package, roster.findings)
        if manifest is not None:
            roster.version, roster.modes = manifest.version, manifest.modes
            roster.system_name, roster.system_code = manifest.system_name, manifest.system_code
            begin(manifest)
            reading = Reading(
                package, manifest, roster.findings, options, known=known, sink=sink, progress=progress
            )
            roster.counts, roster.unmatched_words = reading.counts, reading.state.unmatched_words
            reading.run()
    except Refused as refusal:
        roster.findings.add(refusal.code, file=refusal.file, **refusal.words)  # type: ignore[arg-type]
    if not roster.accepted:
        # In a file whose columns have slipped, a word may be anything.
        roster.unmatched_words.clear()
    return roster
