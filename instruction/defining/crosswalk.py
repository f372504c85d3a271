"""What a new version does to the history of elements: whose ratings are carried, and whose would stop counting."""

from dataclasses import dataclass

from django.db.models import Sum

from alignment_dash.runs.models import Publication
from instruction.models import ElementVersion, FrameworkVersion, SchoolCapacity, VersionState
from instruction.snapshots import KIND
from instruction.snapshots.carrying import carried


@dataclass(frozen=True, slots=True)
class Earlier:
    """An element of earlier versions that the draft has no more.

    n_ratings: those that the newest figures rest on; nobody is told whose they are.
    carried_by: code of the draft's element whose ratings they become; None: they stop counting.
    """

    code: str
    name: str
    version: str
    n_ratings: int
    carried_by: str | None


@dataclass(frozen=True, slots=True)
class Crosswalk:
    """Earlier elements, and the version before with its number of levels; before None: this is the first version."""

    before: FrameworkVersion | None
    gone: list[Earlier]
    other_scale: bool
    counted: bool = True  # False: nothing is computed yet, so nobody knows how many ratings there are

    @property
    def lost(self) -> list[Earlier]:
        """Those with ratings that nothing carries; where they are not counted, all that nothing carries."""
        return [one for one in self.gone if one.carried_by is None and (one.n_ratings or not self.counted)]

    @property
    def n_lost(self) -> int:
        """How many ratings would stop counting."""
        return sum(one.n_ratings for one in self.lost)


def version_before(version: FrameworkVersion) -> FrameworkVersion | None:
    """Return the newest published version that a draft would follow; one query."""
    found = version.framework.versions.exclude(state=VersionState.DRAFT).exclude(pk=version.pk)
    found = found.filter(first_school_year__lte=version.first_school_year)
    return found.order_by("-first_school_year", "-published_at", "-pk").first()


def crosswalk_of(version: FrameworkVersion) -> Crosswalk:
    """Return what becomes of the elements that earlier versions have and this one has not; at most six queries."""
    before = version_before(version)
    if before is None:
        return Crosswalk(None, [], False)
    now = dict(version.elements.values_list("element_id", "element__code"))
    worded = (
        ElementVersion.objects.filter(version__framework=version.framework_id)
        .exclude(version__state=VersionState.DRAFT)
        .exclude(version=version)
        .exclude(element__in=now)
        .select_related("element", "version")
        .order_by("version__first_school_year", "version__published_at", "place")
    )
    last = {one.element_id: one for one in worded}
    found = _ratings_of(version, list(last))
    counts = found or {}
    carries = carried(version)
    gone = [
        Earlier(one.element.code, one.name, one.version.label, counts.get(pk, 0), now.get(carries.get(pk, 0)))
        for pk, one in last.items()
        # Gone long ago and without a rating that could count, it needs nothing.
        if one.version_id == before.pk or counts.get(pk) or pk in carries
    ]
    return Crosswalk(before, gone, len(before.level_names) != len(version.level_names), found is not None)


def _ratings_of(version: FrameworkVersion, elements: list[int]) -> dict[int, int] | None:
    """Count the ratings of elements that the newest figures rest on; None where nothing is computed yet.

    Two queries. They are counts of schools' figures, so that no row about a person is opened for a page.
    """
    subject = str(version.framework.uid)
    standing = Publication.objects.filter(kind=KIND, subject=subject, run__isnull=False)
    run = standing.order_by("-school_year").values_list("run_id", flat=True).first()
    if run is None:
        return None
    rows = SchoolCapacity.objects.filter(run=run, element__in=elements)
    return {pk: n or 0 for pk, n in rows.values_list("element").annotate(n=Sum("n_ratings")).order_by()}
