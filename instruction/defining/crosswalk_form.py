"""The form of a draft's crosswalk."""

from dataclasses import replace
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from instruction.defining.crosswalk import Earlier
from instruction.frameworks.definition import ElementDefinition, FrameworkDefinition
from instruction.frameworks.values import LONGEST_NOTE, clean


def key_of(code: str) -> str:
    """Return what the names of an element's fields end in: its code, so that what was typed stays with its element."""
    return code.encode().hex()


def field_words(name: str) -> str:
    """Return what the name of a field says, with the element's code where it is of a crosswalk."""
    part, _dash, key = name.partition("-")
    if (
        part not in {"carries", "from", "note"}
        or not all(one in "0123456789abcdef" for one in key)
        or len(key) % 2
    ):
        return name.replace("_", " ")
    return f"{bytes.fromhex(key).decode(errors='replace')}, {part}"


def _with_unseen(data: Any, definition: FrameworkDefinition) -> Any:
    """Return what was sent, with what stands of elements that the sender did not see, for they came meanwhile."""
    sent = data.copy()
    for one in definition.elements:
        key = key_of(one.code)
        # A note is sent of every element on the page, if an empty one.
        if not any(f"{name}-{key}" in sent for name in ("note", "carries", "from")):
            sent.setlist(f"carries-{key}", list(one.carries))
            sent.setlist(f"from-{key}", list(one.came_from))
            sent[f"note-{key}"] = one.origin_note
    return sent


class CrosswalkForm(forms.Form):
    """For each element of the draft the earlier ones whose ratings it carries, those it also came from, and a note."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1)

    def __init__(
        self, definition: FrameworkDefinition, gone: list[Earlier], revision: int, data: Any = None
    ) -> None:
        self.held = definition
        self.about: dict[str, str] = {}  # which element a field is about, where two texts are shown
        initial: dict[str, Any] = {"revision": revision}
        super().__init__(data if data is None else _with_unseen(data, definition), initial=initial)
        # What a crosswalk named and nothing has any ratings of must stay choosable.
        named = {code for one in definition.elements for code in (*one.carries, *one.came_from)}
        labels = {one.code: f"{one.name} ({one.code})" for one in gone}
        choices = list((labels | {code: code for code in sorted(named - labels.keys())}).items())
        self.choices = choices
        for one in definition.elements:
            n = key_of(one.code)
            initial |= {
                f"carries-{n}": list(one.carries),
                f"from-{n}": list(one.came_from),
                f"note-{n}": one.origin_note,
            }
            for name, label in (
                ("carries", _("The same practice: their ratings count here")),
                ("from", _("Drawn from, but another practice: no ratings count here")),
            ):
                self.fields[f"{name}-{n}"] = forms.MultipleChoiceField(
                    label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
                )
                self.about[f"{name}-{n}"] = one.name or one.code
            self.about[f"note-{n}"] = one.name or one.code
            self.fields[f"note-{n}"] = forms.CharField(
                label=_("What changed"),
                max_length=LONGEST_NOTE,
                required=False,
                widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
            )

    def _keyed(self) -> list[tuple[str, ElementDefinition]]:
        return [(key_of(one.code), one) for one in self.held.elements]

    def rows(self) -> list[tuple[ElementDefinition, bool, list[forms.BoundField]]]:
        """Return each element with whether it names or needs an origin, and its fields."""
        return [
            (one, bool(one.carries or one.came_from or any(self[f"{name}-{n}"].errors for name in ("carries", "from"))),
             [self[f"{name}-{n}"] for name in ("carries", "from", "note")])
            for n, one in self._keyed()
        ]  # fmt: skip

    def clean(self) -> dict[str, Any]:
        """Refuse to carry the same ratings twice, or to name an element in both lists."""
        found = super().clean() or {}
        carried: dict[str, str] = {}
        for n, one in self._keyed():
            carries = found.get(f"carries-{n}") or []
            for code in carries:
                if code in carried:
                    words = _("The ratings of {earlier} are carried to {first} already; they count once.")
                    self.add_error(f"carries-{n}", words.format(earlier=code, first=carried[code]))
                carried[code] = one.code
            if both := set(carries) & set(found.get(f"from-{n}") or []):
                self.add_error(f"from-{n}", _("{code} is named above already.").format(code=sorted(both)[0]))
        return found

    def change(self, held: FrameworkDefinition) -> FrameworkDefinition:
        """Return a definition with this crosswalk."""
        given = self.cleaned_data
        return replace(held, dimensions={
            name: tuple(
                replace(
                    one, carries=tuple(sorted(given[f"carries-{key_of(one.code)}"])),
                    came_from=tuple(sorted(given[f"from-{key_of(one.code)}"])),
                    origin_note=clean(given[f"note-{key_of(one.code)}"]),
                )
                for one in elements
            )
            for name, elements in held.dimensions.items()
        })  # fmt: skip
