"""Every rule a roster is checked against: code, whether it rejects, and what to tell the sender.

The order is the order of causes: what stands earlier usually explains what stands later. A message
names the place and the remedy and never holds a cell's content.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """`ERROR` rejects the whole file; `WARNING` is accepted and said."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule. `message` is a format string; the words it needs are given with each finding.

    A `strict` warning is what a validator of the standard rejects: in strict mode it is an error.
    """

    code: str
    level: Level
    message: str
    strict: bool = False


def _error(code: str, message: str) -> Rule:
    return Rule(code, Level.ERROR, message)


def _deviation(code: str, message: str) -> Rule:
    return Rule(code, Level.WARNING, message, strict=True)


def _warning(code: str, message: str) -> Rule:
    return Rule(code, Level.WARNING, message)


_IN_ORDER = (
    # The package
    _error("package.empty", "The upload is empty. Send the zip file itself."),
    _error(
        "package.not_a_zip", "This is not a zip file, or it is cut off. Export it again and send the zip."
    ),
    _error("package.encrypted", "{file} is protected by a password. Send a zip without one."),
    _error("package.compression", "{file} is packed in a way that is not read here. Use an ordinary zip."),
    _error("package.damaged", "{file} is damaged inside the zip. Export it again."),
    _error(
        "package.unsafe_path", "An entry's path is absolute or leaves the zip. Put the files at its root."
    ),
    _error("package.too_many_entries", "The zip holds more than {limit} files. A roster has at most 22."),
    _error("package.too_large", "{file} unpacks to more than {limit} MB. Send a smaller export."),
    _error("package.total_too_large", "The files unpack to more than {limit} MB. Send a smaller export."),
    _error(
        "package.ratio",
        "The files unpack to more than {limit} times the size of the zip, as a zip bomb does. Export again.",
    ),
    _error("package.duplicate", "{file} is in the zip more than once. Keep one."),
    _error(
        "package.nested_zip",
        "The zip holds another zip and no manifest.csv. Send the inner zip, with its CSV files at the root.",
    ),
    _error("package.workbook", "This is a workbook, not a zip of CSV files. Export the roster as OneRoster."),
    # The manifest
    _error("manifest.missing", "The zip has no manifest.csv. Add it: it says what the other files are."),
    _error(
        "manifest.unreadable", "manifest.csv must have the header propertyName,value and two cells a row."
    ),
    _error("manifest.duplicate_property", "This property is given more than once. Keep one."),
    _error("manifest.version", "oneroster.version must be 1.1 or 1.2."),
    _error("manifest.blank_mode", "{column} has no value, but the file is there. Say bulk or delta."),
    _error("manifest.unknown_mode", "{column} must be absent, bulk or delta."),
    _error(
        "manifest.file_missing", "manifest.csv promises {file}, but the zip lacks it. Add it or say absent."
    ),
    _error(
        "manifest.file_unexpected",
        "{file} is in the zip, but manifest.csv says it is absent or does not name it. Correct one of the two.",
    ),
    _error("roster.too_many_roles", "roles.csv gives staff more than {limit} roles. Send a smaller export."),
    _error("package.nothing_to_import", "None of the files of a roster is declared in manifest.csv."),
    # The form of a file
    _error(
        "csv.encoding",
        "{file} is encoded as UTF-16. Save it as UTF-8.",
    ),
    _error(
        "csv.invalid_utf8",
        "Byte {byte} is not valid {encoding}. Save the file as UTF-8, or name its encoding with the upload.",
    ),
    _error("csv.nul_byte", "This row holds a NUL character. The file is damaged: export it again."),
    _error(
        "csv.bare_cr",
        "A line of {file} ends in a carriage return alone. End every line with a line feed.",
    ),
    _error(
        "csv.line_too_long",
        "A line of {file} is longer than {limit} MB. End every row with a line feed.",
    ),
    _error("csv.malformed", "The quotation marks in this row do not pair up. Quote cells as RFC 4180 says."),
    _error(
        "csv.cell_too_long",
        "A cell here is longer than {limit} characters. Look for a missing quotation mark.",
    ),
    _error("header.missing", "{file} is empty. Its first row must name the columns."),
    _error("header.none", "The first row of {file} does not name the columns. Add the header row."),
    _error("header.too_many_columns", "{file} has more than {limit} columns. Send the standard's columns."),
    _error("header.duplicate_column", "Column {column} appears more than once. Keep one."),
    _error("header.missing_column", "Column {column} is missing, and {file} cannot be read without it."),
    _error(
        "header.unknown_column",
        "{name} is not a column of {file}. Did you mean {meant}? "
        "A column of your own is called metadata.<vendor>.<name>.",
    ),
    _error(
        "row.width", "This row has {cells} cells, but the header names {columns} columns. Make them equal."
    ),
    # The cells
    _error("row.required", "{column} must not be empty."),
    _error("row.too_long", "{column} is longer than {limit} characters."),
    _error("row.invalid_word", "{column} must be one of: {allowed}."),
    _error("row.invalid_boolean", "{column} must be true or false."),
    _error("row.invalid_date", "{column} must be a date from 1900 to 2199, written as YYYY-MM-DD."),
    _error("row.invalid_year", "{column} must be the year in which the school year ends, written as YYYY."),
    _error("row.status_required", "A delta file needs a status in every row: active or tobedeleted."),
    _error("row.end_before_begin", "The end date is before the begin date."),
    # Rows together
    _error(
        "reference.duplicate_sourced_id",
        "This sourcedId is already used on row {first}. Each may appear once.",
    ),
    _error(
        "reference.missing_target_file", "{targets} are referred to, but the zip has no {target}. Include it."
    ),
    _error(
        "reference.missing_target_record",
        "These rows refer to {targets} that {target} does not hold. Complete {target} first; "
        "the rows that refer to it are then right too.",
    ),
    _error(
        "semantic.parent_cycle", "This row is, through its parents, its own parent. Correct parentSourcedId."
    ),
    _error("semantic.org_type_mismatch", "{column} must name an org of type school."),
    # Accepted, and said
    _deviation("package.unknown_file", "{name} is not part of a roster and was not read."),
    _warning("package.file_not_used", "{file} was not read: its content is not used here."),
    _deviation(
        "package.wrapping_folder", "The files are in a folder inside the zip. They belong at its root."
    ),
    _deviation("package.file_name_case", "{name} was read as {file}. File names are exact in capitals too."),
    _deviation("manifest.unknown_property", "A property of manifest.csv is not known and was not used."),
    _deviation("manifest.missing_property", "manifest.csv does not say {column}. It was taken as absent."),
    _deviation("manifest.blank_absent", "{column} has no value. It was taken as absent."),
    _deviation(
        "manifest.word_case", "The words of manifest.csv are exact in capitals too; this one was read."
    ),
    _deviation("header.case", "Column {column} is spelled with other capitals. It was read."),
    _deviation(
        "header.order",
        "The columns of {file} are in another order than the standard's. They were read by name.",
    ),
    _deviation("header.optional_missing", "Column {column} is missing. It was read as empty."),
    _deviation(
        "header.older_version", "Column {column} belongs to another version of OneRoster and was not used."
    ),
    _deviation("header.alias", "{name} was read as {column}, which is the standard's name."),
    _deviation("header.invisible", "The header of {file} holds spaces or invisible characters. It was read."),
    _deviation("header.empty_cells", "The header of {file} ends in empty cells. They were left out."),
    _deviation(
        "header.metadata_position",
        "{file} has metadata columns before the standard's last one. It was read by name.",
    ),
    _deviation("header.metadata_name", "{column} is not named metadata.<vendor>.<name>. It was not read."),
    _deviation(
        "header.vendor_column",
        "{name} is not a column of {file} and was not read. "
        "A column of your own is called metadata.<vendor>.<name>.",
    ),
    _warning(
        "header.rule_column", "A rule for roles names the column {column}, which no file of people has."
    ),
    _deviation("table.no_rows", "{file} has a header and no rows. In a bulk file that says there are none."),
    _deviation("csv.line_break_in_cell", "A cell holds a line break. It was read as a space."),
    _deviation(
        "row.status_in_bulk", "A bulk file leaves status and dateLastModified empty. They were accepted."
    ),
    _deviation("row.stamp", "{column} is not a UTC time with milliseconds. It was not used."),
    _deviation(
        "row.boolean_case", "{column} holds TRUE or FALSE in other capitals than the standard's. It was read."
    ),
    _deviation("row.word_case", "{column} holds a word in other capitals than the standard's. It was read."),
    _deviation("row.year_span", "{column} holds two years, as in 2026-2027. The second was used."),
    _warning(
        "row.year_dates",
        "{column} is not the year in which the session's school year ends. The dates were used.",
    ),
    _deviation("row.spaces", "{column} has spaces around an id. They were removed."),
    _deviation(
        "row.id_characters", "{column} has characters that the standard does not allow in an id. It was kept."
    ),
    _deviation("row.advised", "{column} is empty, although the standard requires it. The row was accepted."),
    _warning(
        "row.grade_code", "{column} holds a grade that is not a CEDS code, such as 9 for 09. It was read."
    ),
    _warning("row.same_day", "The end date equals the begin date, which covers no day. One day was taken."),
    _deviation(
        "row.open_end", "{column} is in the year 2200 or later. It was read as empty: no end is known."
    ),
    _deviation("row.not_a_list_pair", "subjects and subjectCodes differ in length. The codes were not used."),
    _deviation(
        "row.status_inactive",
        "The status inactive is not one of the standard. It was read as tobedeleted.",
    ),
    _deviation("row.stamp_required", "A delta file needs {column} in every row. The row was accepted."),
    _warning(
        "semantic.unmatched_role",
        "This role is not known here, and waits. A person without another role is taken in without a name, which "
        "comes with the next roster after the decision.",
    ),
    _warning("semantic.same_role", "The person already has this role there at that time. One was kept."),
    _warning(
        "person.erased",
        "Someone's data was erased here on request, and this roster still names them. They were left out; a data"
        " administrator decides under A person's data whether they come back.",
    ),
    _warning(
        "person.erased_address",
        "Someone has the e-mail address of a person whose data was erased here, and another id. They were kept:"
        " check that it is not the same person.",
    ),
    _warning("semantic.user_without_role", "No role is given for this person, so the person was left out."),
    _warning("semantic.enrollment_role", "The enrollment's role does not fit the person's. It was left out."),
    _deviation(
        "semantic.two_primary_roles", "The person has more than one primary role at this org. All were kept."
    ),
    _deviation(
        "semantic.primary_org_role", "roles.csv gives this person no role at {column}. The org was kept."
    ),
    _warning(
        "semantic.enrollment_dates", "The enrollment is not within the class's terms. Its dates were kept."
    ),
    _warning("semantic.two_primary_teachers", "The class has more than one primary teacher. All were kept."),
    _warning("semantic.same_username", "The username is also another person's. Both were kept."),
    _deviation(
        "semantic.school_year_type", "{column} names a session that is not of type schoolYear. It was kept."
    ),
)

RULES = {rule.code: rule for rule in _IN_ORDER}
_RANKS = {rule.code: (rule.level != Level.ERROR, position) for position, rule in enumerate(_IN_ORDER)}


def rank(code: str) -> tuple[bool, int]:
    """Where a rule stands: errors first, then root causes before their consequences."""
    return _RANKS[code]
