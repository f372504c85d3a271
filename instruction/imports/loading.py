"""Write matched observations: COPY to temporary tables, then a constant number of statements on whole sets.

An observation is known by its id in the source system. Sent again it is unchanged, or updated where it
differs; a rating that a later file leaves out stays, for a file of corrections holds only what is wrong.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import connection

from alignment_dash import schoolyear
from alignment_dash.access.models import new_uid
from instruction.imports.matching import Matched
from schools.models import Kind, SourceSystem


@dataclass(frozen=True, slots=True)
class Loaded:
    """How many rows were created, updated and left as they were, and the school years whose evidence changed."""

    observations: dict[str, int]
    ratings: dict[str, int]
    years: list[int]


class PurposeDiffers(Exception):
    """Observations are stored with the other purpose; `rows`: where they first stand in the file."""

    def __init__(self, rows: list[int]) -> None:
        super().__init__("stored evidence never changes its purpose by a file")
        self.rows = rows


_STAGE = """
CREATE TEMP TABLE staged_observation (
    n integer PRIMARY KEY, external_id text, uid uuid, version_id bigint, observer_id bigint, observed_id bigint,
    school_id bigint, video_id bigint, observed_on date, school_year integer, kind text, purpose text, role text,
    is_cross_school boolean, row_id bigint, is_new boolean NOT NULL DEFAULT false,
    is_changed boolean NOT NULL DEFAULT false, old_year integer
) ON COMMIT DROP;
CREATE TEMP TABLE staged_rating (n integer, element_version_id bigint, level smallint, evidence text)
ON COMMIT DROP;
"""
_OBSERVATION = (
    "n", "external_id", "uid", "version_id", "observer_id", "observed_id", "school_id", "video_id",
    "observed_on", "school_year", "kind", "purpose", "role", "is_cross_school",
)  # fmt: skip
# Rows sent to the database at a time.
_LINES = 500
_RATING = ("n", "element_version_id", "level", "evidence")

# One transaction at a time finds which observations are known already.
_KNOWN = """
SELECT pg_advisory_xact_lock(hashtextextended('observation-import', 0));
UPDATE staged_observation s SET row_id = x.row_id, old_year = o.school_year
FROM schools_externalid x JOIN instruction_observation o ON o.id = x.row_id
WHERE x.system_id = %(system)s AND x.kind = %(kind)s AND x.external_id = s.external_id;
UPDATE staged_observation
SET row_id = nextval(pg_get_serial_sequence('instruction_observation', 'id')), is_new = true
WHERE row_id IS NULL;
ANALYZE staged_observation;
"""
_OTHER_PURPOSE = """
SELECT s.n FROM staged_observation s JOIN instruction_observation o ON o.id = s.row_id
WHERE NOT s.is_new AND o.purpose <> s.purpose ORDER BY s.n
"""
_CREATE = """
INSERT INTO instruction_observation (id, uid, version_id, observer_id, observed_id, school_id, video_id,
    observed_on, school_year, kind, purpose, role, is_cross_school, source_id)
SELECT row_id, uid, version_id, observer_id, observed_id, school_id, video_id, observed_on, school_year, kind,
    purpose, role, is_cross_school, %(system)s
FROM staged_observation WHERE is_new;
INSERT INTO schools_externalid (system_id, kind, external_id, row_id)
SELECT %(system)s, %(kind)s, external_id, row_id FROM staged_observation WHERE is_new;
"""
_FIELDS = (
    "version_id", "observer_id", "observed_id", "school_id", "video_id", "observed_on", "school_year", "kind",
    "purpose", "role", "is_cross_school",
)  # fmt: skip
_UPDATE = f"""
WITH changed AS (
    UPDATE instruction_observation o
    SET {", ".join(f"{name} = s.{name}" for name in _FIELDS)}
    FROM staged_observation s
    WHERE o.id = s.row_id AND NOT s.is_new AND ({", ".join(f"o.{name}" for name in _FIELDS)})
        IS DISTINCT FROM ({", ".join(f"s.{name}" for name in _FIELDS)})
    RETURNING o.id
)
UPDATE staged_observation SET is_changed = true WHERE row_id IN (SELECT id FROM changed);
DELETE FROM instruction_rating r USING staged_observation s, instruction_elementversion e
WHERE r.observation_id = s.row_id AND s.is_changed AND e.id = r.element_version_id AND e.version_id <> s.version_id;
"""  # noqa: S608 - the names are constants above
_RATE = """
WITH written AS (
    INSERT INTO instruction_rating (observation_id, element_version_id, level, evidence)
    SELECT s.row_id, r.element_version_id, r.level, r.evidence
    FROM staged_rating r JOIN staged_observation s USING (n)
    ON CONFLICT (observation_id, element_version_id) DO UPDATE
    SET level = excluded.level, evidence = excluded.evidence
    WHERE (instruction_rating.level, instruction_rating.evidence)
        IS DISTINCT FROM (excluded.level, excluded.evidence)
    RETURNING observation_id, xmax = 0 AS is_new
), marked AS (
    UPDATE staged_observation SET is_changed = true
    WHERE NOT is_new AND row_id IN (SELECT observation_id FROM written)
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM written
"""
_COUNT = """
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE is_changed AND NOT is_new), count(*),
    coalesce(array_agg(DISTINCT school_year) FILTER (WHERE is_new OR is_changed), '{}')
        || coalesce(array_agg(DISTINCT old_year) FILTER (WHERE is_changed), '{}')
FROM staged_observation
"""


def load(matched: list[Matched], videos: dict[str, int], system: SourceSystem) -> Loaded:
    """Write observations and ratings. Call in a transaction with the protected rows open (reach.all_rows).

    Raises PurposeDiffers, before anything is written, when one is stored with the other purpose.
    """
    values: dict[str, Any] = {"system": system.pk, "kind": Kind.OBSERVATION}
    with connection.cursor() as cursor:
        cursor.execute(_STAGE)
        _copy(cursor, "staged_observation", _OBSERVATION, _observation_rows(matched, videos))
        _copy(cursor, "staged_rating", _RATING, _rating_rows(matched))
        cursor.execute(_KNOWN, values)
        cursor.execute(_OTHER_PURPOSE)
        if others := cursor.fetchall():
            raise PurposeDiffers([matched[n].lesson.row for (n,) in others])
        cursor.execute(_CREATE, values)
        cursor.execute(_UPDATE)
        cursor.execute(_RATE)
        created, updated = cursor.fetchone()
        cursor.execute(_COUNT)
        new, changed, total, years = cursor.fetchone()
        cursor.execute("DROP TABLE staged_observation, staged_rating")
    n_ratings = sum(len(one.elements) for one in matched)
    return Loaded(
        observations=_counts(new, changed, total),
        ratings=_counts(created, updated, n_ratings),
        years=sorted({year for year in years if year is not None}),
    )


def _counts(created: int, updated: int, total: int) -> dict[str, int]:
    return {"created": created, "updated": updated, "unchanged": total - created - updated}


def _observation_rows(matched: list[Matched], videos: dict[str, int]) -> Iterable[tuple[object, ...]]:
    for n, one in enumerate(matched):
        lesson = one.lesson
        yield (
            n, lesson.external_id, new_uid(), one.version_id, one.observer_id, one.observed_id, one.school_id,
            videos.get(lesson.video), lesson.day, schoolyear.year_of(lesson.day), lesson.kind, lesson.purpose,
            one.role, one.is_cross_school,
        )  # fmt: skip


def _rating_rows(matched: list[Matched]) -> Iterable[tuple[object, ...]]:
    for n, one in enumerate(matched):
        for element, (_, _, level, evidence) in zip(one.elements, one.lesson.ratings, strict=True):
            yield n, element, level, evidence


class _Lines:
    """Rows as COPY's text format, made as they are asked for: the whole text is never in memory."""

    def __init__(self, rows: Iterable[tuple[object, ...]]) -> None:
        self._lines = ("\t".join(map(_text, row)) + "\n" for row in rows)

    def read(self, size: int = -1) -> str:
        return "".join(islice(self._lines, _LINES))


def _copy(cursor: object, table: str, columns: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    cursor.copy_expert(f"COPY {table} ({', '.join(columns)}) FROM STDIN", _Lines(rows))  # type: ignore[attr-defined]


_ESCAPES = str.maketrans({"\\": r"\\", "\t": r"\t", "\n": r"\n", "\r": r"\r"})


def _text(value: object) -> str:
    return r"\N" if value is None else str(value).translate(_ESCAPES)
