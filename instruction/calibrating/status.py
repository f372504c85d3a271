"""What an observer is called, by the district's standard."""

from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

from instruction.agreement import Agreement
from instruction.models import CalibrationStandard
from instruction.queries.observers import Severity

NEVER_BELOW = 1e-9  # 0.60 of a share is 0.6, whatever floats make of it


class Status(StrEnum):
    CALIBRATED = "calibrated"
    PRACTICING = "practicing"
    NOT_ENOUGH = "not-enough"


STATUS_WORDS = {
    Status.CALIBRATED: _("calibrated"),
    Status.PRACTICING: _("keep practicing"),
    Status.NOT_ENOUGH: _("not enough exercises yet"),
}


@dataclass(frozen=True, slots=True)
class Check:
    """One line of the standard: is_met None where the figure is not known, which then decides nothing."""

    key: str
    is_met: bool | None


def checks(agreement: Agreement, severity: Severity | None, standard: CalibrationStandard) -> list[Check]:
    """Return which parts of the standard the point estimates meet."""
    figures = (
        ("exact", agreement.exact.value, standard.exact_at_least),
        ("adjacent", agreement.adjacent.value, standard.adjacent_at_least),
        ("kappa", agreement.quadratic.value, standard.kappa_at_least),
    )
    found = [
        Check(key, None if value is None else value >= float(least) - NEVER_BELOW)
        for key, value, least in figures
    ]
    within = None if severity is None else abs(severity.severity) < float(standard.severity_within)
    return [*found, Check("severity", within)]


def status_of(agreement: Agreement, severity: Severity | None, standard: CalibrationStandard) -> Status:
    """Return the status: decided by point estimates, and only with enough rated elements.

    Without a kappa, where one side gave one level throughout, what the shares say may be chance: nobody is called
    calibrated by it, and who misses another part of the standard is to keep practicing all the same. A severity
    that is not computed yet decides nothing.
    """
    if agreement.n_items < standard.fewest_ratings:
        return Status.NOT_ENOUGH
    if any(one.is_met is False for one in checks(agreement, severity, standard)):
        return Status.PRACTICING
    return Status.NOT_ENOUGH if agreement.quadratic.value is None else Status.CALIBRATED
