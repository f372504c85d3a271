"""The form of how someone wants to hear of each kind of notice."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from alignment_dash.notices.models import Delivery
from alignment_dash.notices.queries import Choice


class ChoicesForm(forms.Form):
    """A choice for each kind that the caller's scope opens; a field is named like its kind."""

    def __init__(self, *args: Any, choices: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for one in choices:
            self.fields[one.kind.key] = forms.ChoiceField(
                label=one.kind.label,  # type: ignore[arg-type]
                help_text=_said(one),
                choices=Delivery.choices,
                initial=one.delivery,
            )


def _said(one: Choice) -> str:
    if one.kind.may_be_urgent and not one.is_own and one.delivery != Delivery.AT_ONCE:
        return _("{audience} What is urgent comes at once until you choose.").format(
            audience=one.kind.audience
        )
    return str(one.kind.audience)
