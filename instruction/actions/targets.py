"""Writes of targets: the strategic plan's by element and level of schools, and those of school improvement plans."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.runs.actions import inputs_changed
from alignment_dash.turns import one_at_a_time
from instruction.models import Element, FrameworkVersion, PlanState, SchoolPlan, SchoolTarget, Target
from schools.models import Level, Org

TARGET_STEP = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Setting:
    """What one target is to be: element by its code, level of schools ("" for all), value None for no target.

    before: what the sender saw there; Ellipsis (the default) where they did not look.
    """

    code: str
    value: Decimal | None
    level: str = ""
    before: Any = ...

    @property
    def place(self) -> tuple[str, str]:
        """Which target it is."""
        return self.code, self.level


class TargetsMoved(Exception):
    """Someone else has changed some of these targets meanwhile; `now` holds what stands at (code, level)."""

    def __init__(self, now: Mapping[tuple[str, str], Decimal | None]) -> None:
        super().__init__(_("Someone else has changed some of these targets meanwhile. Nothing was set."))
        self.now = dict(now)


class PlanClosed(Exception):
    """The school's plan has ended with its year-end result: its targets stay what that was held against."""

    def __init__(self) -> None:
        super().__init__(_("This plan is closed with its year-end result: its targets stay as they were."))


def set_targets(
    *, version: FrameworkVersion, targets: Mapping[str, float], year: int, by: User | None, level: str = ""
) -> list[Target]:
    """Set the strategic plan's targets of a school year, by element code, on the level scale.

    level: the level of schools they are for, "" for all. What is there for that level is replaced.
    KeyError for a code that the framework lacks, ValidationError for a target off the scale. What was computed
    for the year is computed again.
    """
    settings = [Setting(code, Decimal(f"{value:.2f}"), level) for code, value in targets.items()]
    change_targets(version=version, year=year, settings=settings, by=by)
    held = Target.objects.filter(element__framework=version.framework_id, school_year=year, level=level)
    return list(held.filter(element__code__in=targets))


@transaction.atomic
def change_targets(
    *, version: FrameworkVersion, year: int, settings: Sequence[Setting], by: User | None
) -> int:
    """Set, change or remove targets of the strategic plan, all or none; return how many differ from before.

    KeyError for a code that the framework lacks, ValidationError for a value off the scale, TargetsMoved where
    something that the sender saw has been changed by someone else. What was computed is computed again.
    """
    one_at_a_time(f"targets {version.framework_id} {year}")
    elements = {one.code: one for one in Element.objects.filter(framework=version.framework_id)}
    rows = Target.objects.filter(element__framework=version.framework_id, school_year=year)
    held = {(one.element.code, one.level): one for one in rows.select_related("element")}
    changed = _changed(settings, held, version)
    for one in changed:
        new = Target(element=elements[one.code], school_year=year, level=one.level)
        _set(one, held.get(one.place), new)
    _tell(act="targets.set", target=version, year=year, by=by, changed=changed, held=held)
    return len(changed)


@transaction.atomic
def change_school_targets(
    *, school: Org, version: FrameworkVersion, year: int, settings: Sequence[Setting], by: User | None
) -> int:
    """Set, change or remove the targets of a school's improvement plan; as `change_targets`, levels aside.

    PlanClosed where the plan of that year is.
    """
    one_at_a_time(f"school targets {school.pk} {year}")
    plan = SchoolPlan.objects.select_for_update().filter(school=school, school_year=year).first()
    if plan and plan.state == PlanState.CLOSED:
        raise PlanClosed
    elements = {one.code: one for one in Element.objects.filter(framework=version.framework_id)}
    rows = SchoolTarget.objects.filter(
        school=school, element__framework=version.framework_id, school_year=year
    )
    held = {(one.element.code, ""): one for one in rows.select_related("element")}
    changed = _changed(settings, held, version)
    for one in changed:
        new = SchoolTarget(school=school, element=elements[one.code], school_year=year)
        _set(one, held.get(one.place), new)
    _tell(act="school-targets.set", target=school, year=year, by=by, changed=changed, held=held)
    return len(changed)


def check_value(value: Decimal, version: FrameworkVersion) -> None:
    """Raise ValidationError for a value off the level scale or finer than a hundredth."""
    highest = len(version.level_names)
    if not value.is_finite() or value < 1:
        raise ValidationError(_("A target is a proficiency level of 1 or more."))
    if value > highest:
        raise ValidationError(
            _("The highest level is {highest}; {value} is above it.").format(highest=highest, value=value)
        )
    if value != value.quantize(TARGET_STEP):
        raise ValidationError(_("A target has at most two decimals."))


Held = Mapping[tuple[str, str], Target | SchoolTarget]


def _changed(settings: Iterable[Setting], held: Held, version: FrameworkVersion) -> list[Setting]:
    """Return what differs from what stands. Raises TargetsMoved and ValidationError."""
    moved: dict[tuple[str, str], Decimal | None] = {}
    changed = []
    for one in settings:
        if one.level and one.level not in Level.values:
            raise ValidationError(_("{level} is no level of schools.").format(level=one.level))
        if one.value is not None:
            check_value(one.value, version)
        now = held[one.place].value if one.place in held else None
        if one.value == now:
            continue
        if one.before is not ... and one.before != now:
            if one.value != one.before:  # they meant to change it, too
                moved[one.place] = now
            continue
        changed.append(one)
    if moved:
        raise TargetsMoved(moved)
    return changed


def _set(setting: Setting, held: Target | SchoolTarget | None, new: Target | SchoolTarget) -> None:
    """Write one target where it is held, or as `new`; remove it where there is to be none."""
    if setting.value is None:
        if held:
            held.delete()
        return
    target = held or new
    # 2.500 has passed the check, and has a digit too many for the column.
    target.value = setting.value.quantize(TARGET_STEP)
    target.full_clean()
    target.save()


def _tell(
    *, act: str, target: Any, year: int, by: User | None, changed: Sequence[Setting], held: Held
) -> None:
    """Audit what changed, with what it was, and have it computed again; nothing where nothing changed."""
    if not changed:
        return
    detail = {
        f"{one.code} {one.level}".strip(): [
            float(held[one.place].value) if one.place in held else None,
            None if one.value is None else float(one.value),
        ]
        for one in changed
    }
    audit.record(act=act, target=target, by=by, detail={"year": year, "targets": detail})
    inputs_changed(topic="framework", school_year=year, by=by, reason="targets set")
