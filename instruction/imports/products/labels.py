"""The words for fields, faults and formats on the pages of files of other products."""

from collections.abc import Mapping

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from instruction.imports.products.layout import EVIDENCE, RATING

FIELDS = {
    "observation_id": gettext_lazy("Id of the observation"),
    "date": gettext_lazy("Date of the observation"),
    "school": gettext_lazy("School"),
    "teacher_id": gettext_lazy("Teacher: id"),
    "teacher_email": gettext_lazy("Teacher: e-mail address"),
    "teacher_name": gettext_lazy("Teacher: name"),
    "teacher_given": gettext_lazy("Teacher: given name"),
    "teacher_family": gettext_lazy("Teacher: family name"),
    "observer_id": gettext_lazy("Observer: id"),
    "observer_email": gettext_lazy("Observer: e-mail address"),
    "observer_name": gettext_lazy("Observer: name"),
    "observer_given": gettext_lazy("Observer: given name"),
    "observer_family": gettext_lazy("Observer: family name"),
    "kind": gettext_lazy("Kind of observation"),
    "purpose": gettext_lazy("Purpose (formative or evaluative)"),
}
LONG = {
    "element": gettext_lazy("Element"),
    "level": gettext_lazy("Level"),
    "evidence": gettext_lazy("Evidence or comment"),
}
FAULTS = {
    "field-twice": gettext_lazy("Two columns have the same meaning. Keep one of them."),
    "no-ratings": gettext_lazy(
        "No column holds ratings. Choose an element for each column of levels, or one column as Element and one"
        " as Level."
    ),
    "two-shapes": gettext_lazy(
        "Either each element has its column, or one column names the element and one the level: not both."
    ),
    "no-date": gettext_lazy("Choose the column with the date of the observation."),
    "no-teacher": gettext_lazy("Choose the column that names the teacher: by id, e-mail address or name."),
    "no-observer": gettext_lazy("Choose the column that names the observer: by id, e-mail address or name."),
    "no-kind": gettext_lazy("Say of which kind the observations are, or which column says it."),
    "kind-twice": gettext_lazy("A column says the kind of observation: leave the kind for all rows empty."),
    "no-purpose": gettext_lazy(
        "Say whether the ratings are formative or evaluative, or which column says it. It is never guessed:"
        " formative evidence may not reach a personnel decision."
    ),
    "purpose-twice": gettext_lazy("A column says the purpose: leave the purpose for all rows empty."),
    "no-source": gettext_lazy("Name the product that the file comes from."),
    "no-date-format": gettext_lazy("Say how the dates are written: the file alone does not tell."),
    "other-mapping": gettext_lazy(
        "The mapping of this name is another product's, or takes rows with another purpose; files are sent with its"
        " name. Choose another name, or confirm that it is replaced."
    ),
    "bad-choice": gettext_lazy("Something was chosen that is not among the choices. Choose again."),
}
DATE_FORMATS = {
    "iso": gettext_lazy("2026-09-14, or cells that are dates"),
    "month-first": gettext_lazy("9/14/2026 (month first)"),
    "day-first": gettext_lazy("14/9/2026 (day first)"),
    "month-name": gettext_lazy("Sep 14, 2026 or 14-Sep-2026"),
    "serial": gettext_lazy("46279 (a spreadsheet's number of days)"),
}
DELIMITERS = {
    "comma": gettext_lazy("comma"),
    "semicolon": gettext_lazy("semicolon"),
    "tab": gettext_lazy("tab"),
}
HOW = {
    "name-school": gettext_lazy("the only one of this name at the school"),
    "name": gettext_lazy("the only one of this name in the district"),
    "name-differs": gettext_lazy("the id is someone's of another name"),
    "several": gettext_lazy("several people may be meant"),
    "zeros": gettext_lazy("the id fits when leading zeros are added"),
    "like": gettext_lazy("looks alike"),
}


def field_groups(elements: Mapping[str, str]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the choices of a column's meaning, in groups of (value, label)."""
    return [
        (_("About the observation"), [(one, str(label)) for one, label in FIELDS.items()]),
        (_("One row a rating"), [(one, str(label)) for one, label in LONG.items()]),
        (
            _("One column an element"),
            [(RATING + code, _("Level of %(element)s") % {"element": f"{code} – {name}"}) for code, name in elements.items()],
        ),
        (
            _("Evidence of one element"),
            [(EVIDENCE + code, _("Evidence of %(element)s") % {"element": f"{code} – {name}"}) for code, name in elements.items()],
        ),
    ]  # fmt: skip


def steps(at: str) -> list[tuple[str, str]]:
    """Return the way of a file as (state, label), the state as roster.css names it; `at`: where it is now."""
    way = [
        ("columns", _("Columns")),
        ("values", _("Words")),
        ("import", _("Preview")),
        ("done", _("Imported")),
    ]
    names = [name for name, _label in way]
    here = names.index(at) if at in names else len(names)
    return [
        ("done" if place < here else "wait" if place == here else "next", label)
        for place, (_name, label) in enumerate(way)
    ]
