"""What a new version does to the history of elements: whose ratings are carried, and whose would stop counting."""

from dataclasses import dataclass

from django.db.models import Count

from alignment_dash.access import reach
from instruction.models import Element, ElementVersion, FrameworkVersion, Rating, VersionState
from instruction.snapshots.carrying import carried
from instruction.snapshots.rated import YEARS


@dataclass(frozen=True, slots=True)
class Earlier:
    """An element of earlier versions that the draft has no more.

    n_ratings: of the school years that an estimate of the draft's first year reads; nobody is told whose they are.
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

    @property
    def lost(self) -> list[Earlier]:
        """Those with ratings that nothing carries."""
        return [one for one in self.gone if one.n_ratings and one.carried_by is None]

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
    counts = _ratings_of(version, list(last))
    carries = carried(version)
    gone = [
        Earlier(one.element.code, one.name, one.version.label, counts.get(pk, 0), now.get(carries.get(pk, 0)))
        for pk, one in last.items()
        # Gone long ago and without a rating that could count, it needs nothing.
        if one.version_id == before.pk or counts.get(pk) or pk in carries
    ]
    return Crosswalk(before, gone, len(before.level_names) != len(version.level_names))


def _ratings_of(version: FrameworkVersion, elements: list[int]) -> dict[int, int]:
    """Count the ratings of elements that are young enough to count, on the version's scale."""
    rows = Rating.objects.filter(
        element_version__element__in=elements,
        element_version__version__level_names__len=len(version.level_names),
        observation__school_year__gt=version.first_school_year - YEARS,
    )
    with reach.all_rows(why="how many ratings each element has, of nobody in particular"):
        return dict(rows.values_list("element_version__element").annotate(n=Count("pk")).order_by())


def successor_of(element: Element, version: FrameworkVersion) -> Element | None:
    """Return the element of a version that carries the ratings of one it has no more; three queries at most."""
    found = carried(version).get(element.pk)
    return Element.objects.filter(pk=found).first() if found else None
