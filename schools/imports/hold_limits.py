"""When a roster is held for a person to look at: what the district has set, and setting it."""

from typing import Any

from django.db import transaction
from django.forms import ModelForm
from django.utils.translation import gettext_lazy as _

from alignment_dash.access import audit
from alignment_dash.access.models import User
from schools.models import HoldLimits

ONLY = 1  # key of the one row
FIELDS = (
    "end_percent",
    "end_floor",
    "update_percent",
    "update_floor",
    "shrink_percent",
    "unknown_percent",
    "keep_days",
)


def current_limits() -> HoldLimits:
    """Return the limits in force: those that were set, else the defaults (unsaved)."""
    return HoldLimits.objects.filter(pk=ONLY).first() or HoldLimits(pk=ONLY)


def default_of(name: str) -> int:
    """Return the limit `name` as it is where nobody has set another."""
    return int(getattr(HoldLimits(), name))


@transaction.atomic
def set_hold_limits(*, by: User, **values: int) -> HoldLimits:
    """Set the limits named in `values` (fields of HoldLimits); what is unchanged is not recorded.

    Rosters that are held already keep what held them; the next plan goes by the new limits.
    """
    HoldLimits.objects.get_or_create(pk=ONLY)
    limits = HoldLimits.objects.select_for_update().get(pk=ONLY)
    before = {name: getattr(limits, name) for name in values}
    changed = {name: [before[name], value] for name, value in values.items() if before[name] != value}
    if changed:
        for name, (_old, new) in changed.items():
            setattr(limits, name, new)
        limits.full_clean()
        limits.save(update_fields=list(changed))
        audit.record(act="hold-limits.set", target=limits, by=by, detail=changed)
    return limits


class HoldLimitsForm(ModelForm):
    """The limits, each with what it means and why its default is what it is."""

    class Meta:
        model = HoldLimits
        fields = FIELDS
        labels = {
            "end_percent": _("Ended: more than this percent of a type of record"),
            "end_floor": _("… and at least this many records"),
            "update_percent": _("Changed: more than this percent of a type of record"),
            "update_floor": _("… and at least this many records"),
            "shrink_percent": _("A full list shorter by more than this percent"),
            "unknown_percent": _("More than this percent of the ids are new here"),
            "keep_days": _("Days that a held roster waits before it is aborted"),
        }
        help_texts = {
            "end_percent": _(
                "A record ends when a full list no longer has it, or when a row says so. A partial file looks"
                " like a mass departure: this is the rule that catches it."
            ),
            "end_floor": _(
                "Small numbers: of three principals, one who leaves is 33 percent. Fewer endings than this"
                " never hold a roster."
            ),
            "update_percent": _(
                "Almost everything changed at once: columns that moved, another way to write names, or an"
                " ordinary new school year."
            ),
            "update_floor": _("Fewer changes than this never hold a roster."),
            "shrink_percent": _(
                "It has far fewer rows than the last full list that was applied: an export that stopped"
                " halfway, or a filter left on. As many rows must be missing as endings hold a roster."
            ),
            "unknown_percent": _(
                "Another district's file, or a new student information system that numbers people anew:"
                " everyone would be ended and added again."
            ),
            "keep_days": _("Its file holds names, so it is not kept for long. The import can be sent again."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.help_text = _("%(words)s Default: %(default)s.") % {
                "words": field.help_text,
                "default": default_of(name),
            }
