"""Frameworks as YAML and CSV, out and in again: docs/frameworks.md describes both."""

import csv
import io
import re
from itertools import zip_longest
from typing import Any

import yaml
from django.utils.translation import gettext as _

from alignment_dash.ui.spreadsheet import FORMULA
from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.frameworks.parsing import SHOWN_FAULTS, framework_from
from instruction.frameworks.values import SEPARATOR, Placed, Unreadable, clean

LARGEST = 1_000_000  # bytes
LARGEST_WORDS = "1 MB"
# Of a YAML file: a million bytes of brackets would keep a worker busy for a minute.
MOST_NODES = 50_000

# One row an element. What is about the framework stands in every row, so that the file sorts and filters.
ABOUT_FRAMEWORK = ("framework", "kind", "version", "first_school_year", "proficient_level")
ABOUT_ELEMENT = (
    "dimension", "code", "name", "description", "proximity", "focus", "grade_levels", "subjects", "roles",
    "competencies", "carries", "came_from", "origin_note",
)  # fmt: skip
LISTS = ("grade_levels", "subjects", "roles", "competencies", "carries", "came_from")
NEEDED = ("framework", "kind", "version", "dimension", "code", "name", "proximity")
_LEVEL = re.compile(r"level ([1-9][0-9]?): (.+)", re.DOTALL)
_YES, _NO = ("yes", "true", "1"), ("", "no", "false", "0")


def from_file(name: str, content: bytes) -> FrameworkDefinition:
    """Return the framework of an uploaded file, YAML or CSV by the ending of its name. Raises Unreadable."""
    if name.lower().endswith((".yaml", ".yml")):
        return from_yaml(content)
    if name.lower().endswith(".csv"):
        return from_csv(content)
    raise Unreadable([_("The name of the file must end in .yaml, .yml or .csv.")])


def _text(content: bytes) -> str:
    if len(content) > LARGEST:
        raise Unreadable([_("The file is larger than {size}.").format(size=LARGEST_WORDS)])
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Unreadable([_("The file is not text in UTF-8. Save it as UTF-8.")]) from None


class _Loader(yaml.SafeLoader):
    """Plain data only; says where each mapping stands, and takes no aliases, which a few lines can blow up."""

    n_nodes = 0

    def compose_node(self, parent: Any, index: Any) -> Any:
        self.n_nodes += 1
        if self.n_nodes > MOST_NODES:
            raise Unreadable([_("The file has more than {n} entries.").format(n=f"{MOST_NODES:,}")])
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark
            words = _("Line {n}: aliases (*name) are not taken in; write the text out.")
            raise Unreadable([words.format(n=mark.line + 1)])
        return super().compose_node(parent, index)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Placed:
    found = Placed()
    found.place = _("line {n}").format(n=node.start_mark.line + 1)
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if not isinstance(key, str):
            raise Unreadable([_("Line {n}: the name of a field must be text.").format(n=line)])
        if key in found:
            raise Unreadable([_("Line {n}: {name} stands there twice.").format(n=line, name=key[:60])])
        found[key] = loader.construct_object(value_node, deep=True)
    return found


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)


def from_yaml(content: bytes) -> FrameworkDefinition:
    """Return the framework of a YAML file. Raises Unreadable with each fault by its line."""
    try:
        given = yaml.load(_text(content), Loader=_Loader)  # noqa: S506, a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise Unreadable(
            [_("Line {n}: this is not YAML ({problem}).").format(n=line, problem=error.problem)]
        ) from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        words = _("The file is not YAML that can be read ({problem}).")
        raise Unreadable([words.format(problem=type(error).__name__)]) from None
    return framework_from(given)


def as_data(definition: FrameworkDefinition) -> dict[str, Any]:
    """Return a framework as nested mappings and lists, as YAML and JSON have it; what is empty is left out."""
    return {
        "kind": definition.kind,
        "name": definition.name,
        "label": definition.label,
        **(
            {}
            if definition.first_school_year is None
            else {"first_school_year": definition.first_school_year}
        ),
        "level_names": list(definition.level_names),
        "proficient_level": definition.proficient_level,
        "dimensions": [
            {"name": name, "elements": [_element_data(one) for one in elements]}
            for name, elements in definition.dimensions.items()
        ],
    }


def _element_data(one: ElementDefinition) -> dict[str, Any]:
    more = {name: list(getattr(one, name)) for name in LISTS} | {
        "focus": one.focus,
        "origin_note": one.origin_note,
    }
    return {
        "code": one.code,
        "name": one.name,
        "description": one.description,
        "proximity": one.proximity,
        "levels": list(one.levels),
        **{name: value for name, value in more.items() if value},
    }


def to_yaml(definition: FrameworkDefinition) -> str:
    """Return a framework as YAML that `from_yaml` reads back unchanged."""
    data = as_data(definition)
    # Its own dumper gives aliases to equal lists; the data are a tree.
    dumper = type("_Dumper", (yaml.SafeDumper,), {"ignore_aliases": lambda self, data: True})
    return yaml.dump(data, Dumper=dumper, allow_unicode=True, sort_keys=False, width=110)


def to_rows(definition: FrameworkDefinition) -> list[list[str]]:
    """Return a framework as rows of a CSV: the heading, and one row an element.

    A dimension without elements has a row without a code, so that nothing is lost.
    """
    about = [
        definition.name, definition.kind, definition.label,
        "" if definition.first_school_year is None else str(definition.first_school_year),
        str(definition.proficient_level),
    ]  # fmt: skip
    levels = [f"level {n}: {name}" for n, name in enumerate(definition.level_names, start=1)]
    rows = [[*ABOUT_FRAMEWORK, *ABOUT_ELEMENT, *levels]]
    blank = [""] * (len(ABOUT_ELEMENT) - 1 + len(levels))
    for name, elements in definition.dimensions.items():
        rows += [[*about, name, *_cells(one)] for one in elements] or [[*about, name, *blank]]
    return rows if len(rows) > 1 else [*rows, [*about, "", *blank]]


def _cells(one: ElementDefinition) -> list[str]:
    lists = {name: f"{SEPARATOR} ".join(getattr(one, name)) for name in LISTS}
    return [
        one.code, one.name, one.description, str(one.proximity), "yes" if one.focus else "no",
        *(lists[name] for name in LISTS), one.origin_note, *one.levels,
    ]  # fmt: skip


def to_csv(definition: FrameworkDefinition) -> bytes:
    """Return a framework as CSV that `from_csv` reads back unchanged, with no formula in a cell."""
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(
        [_safe(cell) for cell in row] for row in to_rows(definition)
    )
    return text.getvalue().encode("utf-8-sig")


def _safe(cell: str) -> str:
    """Put an apostrophe before what a spreadsheet would run, and before one that reading would take for ours."""
    risky = cell.startswith(FORMULA) or (cell.startswith("'") and cell[1:].startswith((*FORMULA, "'")))
    return f"'{cell}" if risky else cell


def _unsafe(cell: str) -> str:
    ours = cell.startswith("'") and cell[1:].startswith((*FORMULA, "'"))
    return cell[1:] if ours else cell


def from_csv(content: bytes) -> FrameworkDefinition:
    """Return the framework of a CSV file. Raises Unreadable with each fault by row and column."""
    try:
        text = _text(content)
        first_line = text.partition("\n")[0]
        # Spreadsheets of many countries write semicolons for commas.
        delimiter = ";" if first_line.count(";") > first_line.count(",") else ","
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise Unreadable([_("The file is not CSV: {error}.").format(error=error)]) from None
    heading = [_unsafe(cell).strip() for cell in rows[0]] if rows else []
    levels = _level_columns(heading)
    _nothing_beside(heading, rows)
    body = [
        (n, dict(zip_longest(heading, map(_unsafe, row[: len(heading)]), fillvalue="")))
        for n, row in enumerate(rows[1:], start=2)
    ]
    body = [(n, row) for n, row in body if any(cell.strip() for cell in row.values())]
    if not body:
        raise Unreadable([_("Row 2: the file has no element.")])
    return framework_from(_nested(body, levels))


def _nothing_beside(heading: list[str], rows: list[list[str]]) -> None:
    """Refuse a text in a cell that has no column, which would be lost. Raises Unreadable."""
    words = _(
        "Row {n}: a text stands in a column without a heading; put a text that holds a comma into quotes."
    )
    faults = [
        words.format(n=n)
        for n, row in enumerate(rows[1:], start=2)
        if any(
            cell.strip() and not (place < len(heading) and heading[place]) for place, cell in enumerate(row)
        )
    ]
    if faults:
        raise Unreadable(faults[:SHOWN_FAULTS])


def _level_columns(heading: list[str]) -> dict[str, str]:
    """Return the columns of descriptors with the names of their levels, in order. Raises Unreadable."""
    faults = []
    missing = [name for name in NEEDED if name not in heading]
    if missing:
        faults.append(_("Row 1: there is no column {names}.").format(names=", ".join(missing)))
    found = {name: (int(match[1]), match[2]) for name in heading if (match := _LEVEL.fullmatch(name))}
    for name in heading:
        if name and name not in found and name not in ABOUT_FRAMEWORK + ABOUT_ELEMENT:
            words = _(
                "Row 1, column {name}: not known; descriptors stand in columns such as level 1: Beginning."
            )
            faults.append(words.format(name=name[:60]))
        if name and heading.count(name) > 1:
            faults.append(_("Row 1, column {name}: stands there twice.").format(name=name[:60]))
    if sorted(number for number, _name in found.values()) != list(range(1, len(found) + 1)):
        faults.append(_("Row 1: number the columns of levels 1, 2, 3 and so on, each once."))
    if faults:
        raise Unreadable(list(dict.fromkeys(faults)))
    return {column: name for column, (_n, name) in sorted(found.items(), key=lambda item: item[1][0])}


def _nested(body: list[tuple[int, dict[str, str]]], levels: dict[str, str]) -> Placed:
    """Return the rows as the mappings that YAML would have. Raises Unreadable where rows disagree on the framework."""
    first_row, first = body[0]
    found = Placed()
    found.place = _("row {n}").format(n=first_row)
    found |= {
        "name": first["framework"], "kind": first["kind"], "label": first["version"],
        "first_school_year": _number(first.get("first_school_year", "")),
        "proficient_level": _number(first.get("proficient_level", "")),
        "level_names": list(levels.values()),
    }  # fmt: skip
    dimensions: dict[str, list[Placed]] = {}
    for number, row in body:
        for name in ABOUT_FRAMEWORK:
            if row.get(name, "").strip() != first.get(name, "").strip():
                words = _("Row {n}, column {name}: differs from row {first}; it is the same in every row.")
                raise Unreadable([words.format(n=number, name=name, first=first_row)])
        if row["dimension"].strip() or row["code"].strip():
            elements = dimensions.setdefault(clean(row["dimension"]), [])
            if any(row.get(name, "").strip() for name in (*ABOUT_ELEMENT[1:], *levels)):
                elements.append(_element(number, row, levels))
    found["dimensions"] = [{"name": name, "elements": elements} for name, elements in dimensions.items()]
    return found


def _element(number: int, row: dict[str, str], levels: dict[str, str]) -> Placed:
    found = Placed()
    found.place = _("row {n}").format(n=number)
    for name in ("code", "name", "description", "origin_note"):
        found[name] = row.get(name, "")
    found["proximity"] = _number(row.get("proximity", ""))
    focus = row.get("focus", "").strip().lower()
    found["focus"] = True if focus in _YES else False if focus in _NO else focus
    for name in LISTS:
        found[name] = [one.strip() for one in row.get(name, "").split(SEPARATOR) if one.strip()]
    found["levels"] = [row.get(column, "") for column in levels]
    return found


def _number(cell: str) -> int | str | None:
    """Return a cell's number; None for an empty one, the text itself for what is none."""
    text = cell.strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 6 else text or None
