"""Rows that two people may change at once: each carries a revision, and who has not seen the newest is told."""

from typing import Any, Self

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext as _


class Moved(Exception):
    """Someone else has changed the same row meanwhile; `now` is the row as it stands."""

    def __init__(self, now: Any, said: str = "") -> None:
        super().__init__(said or _("Someone else has changed this meanwhile. Nothing was saved."))
        self.now = now


def area(
    label: Any, longest: int, *, required: bool = False, hint: Any = "", rows: int = 3
) -> forms.CharField:
    """Return the field of a longer text, which may run in any direction."""
    widget = forms.Textarea(attrs={"rows": rows, "dir": "auto"})
    return forms.CharField(label=label, max_length=longest, required=required, help_text=hint, widget=widget)


class RevisionForm(forms.Form):
    """A form about a row that others may change at the same time."""

    revision = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=2**31 - 1, required=False)

    def seen(self) -> int:
        """Return the revision that the sender saw; one that no row has where it was left out."""
        found = self.cleaned_data.get("revision")
        return -1 if found is None else int(found)

    def values(self) -> dict[str, Any]:
        """Return what is to be written, by the names of the model's fields."""
        return {name: value for name, value in self.cleaned_data.items() if name not in {"revision", "uid"}}

    def again(self, revision: int) -> Self:
        """Return the form as typed, as if its sender had seen `revision`: saved again, it holds."""
        data = QueryDict(mutable=True) if not isinstance(self.data, QueryDict) else self.data.copy()
        data["revision"] = str(revision)
        return self.remade(data)

    def remade(self, data: QueryDict) -> Self:
        """Return a form of the same kind for other data."""
        return type(self)(data)
