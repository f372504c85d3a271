"""Principals who were observed, on the small district."""

from datetime import date, timedelta

from alignment_dash import schoolyear
from alignment_dash.runs import actions, tasks
from alignment_dash.runs.models import Run
from instruction.leadership import KIND
from instruction.models import FrameworkKind, FrameworkVersion, Observation, Purpose
from schools.models import Org, Person, StaffRole
from tests import factories
from tests.factories import SmallDistrict


def leadership(district: SmallDistrict) -> FrameworkVersion:
    """The district's framework of leadership, of three elements with a target of 3."""
    held = FrameworkVersion.objects.filter(framework__kind=FrameworkKind.LEADERSHIP).first()
    return held or factories.framework(kind=FrameworkKind.LEADERSHIP)


def seen(
    version: FrameworkVersion,
    observer: Person,
    principal: Person,
    school: Org,
    levels: list[int],
    *,
    on: date | None = None,
    purpose: str = Purpose.EVALUATIVE,
) -> Observation:
    """One observation of a principal."""
    return factories.observation(
        version=version, observer=observer, observed=principal, school=school, levels=levels, on=on, purpose=purpose,
        role=StaffRole.PRINCIPAL, is_cross_school=True,
    )  # fmt: skip


def observed(district: SmallDistrict) -> FrameworkVersion:
    """The supervisor saw the first two principals three times; a colleague saw each of the three twice."""
    version = leadership(district)
    other = factories.person(given="Olu", family="Other")
    today = schoolyear.today()
    for place, (principal, school) in enumerate(zip(district.principals, district.schools, strict=True)):
        level = 2 + place % 2
        for ago in range(3 if place < 2 else 0):
            on = today - timedelta(days=ago)
            seen(version, district.supervisor, principal, school, [level, 3, 2], on=on)
        for ago in range(2):
            levels = [level, 3, level]
            on = today - timedelta(days=3 + ago)
            seen(version, other, principal, school, levels, on=on, purpose=Purpose.FORMATIVE)
    return version


def run_job(version: FrameworkVersion, kind: str = KIND) -> Run:
    """Run a job of principals' figures as a worker would."""
    run = actions.request_run(
        kind=kind, school_year=schoolyear.current_year(), by=None, subject=str(version.framework.uid)
    )
    tasks.perform(run.pk)
    return Run.objects.get(pk=run.pk)
