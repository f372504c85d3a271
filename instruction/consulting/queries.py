"""What a draft says, what people say of it, and how they voted, for everyone who has a say in it."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.db.models import Count, F, Prefetch, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from alignment_dash.access.models import RoleGrant, User
from alignment_dash.access.policy import Action, Data, reach_of
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import Scope
from alignment_dash.schoolyear import today
from instruction.consulting import votes
from instruction.models import (
    Consultation,
    ElementComment,
    ElementVersion,
    FocusVote,
    FrameworkVersion,
    LevelDescriptor,
    VersionState,
)

NEWEST = 3  # comments under each element of the whole draft; its own page has all of them
PER_PAGE = 50
WHOLE = "whole"


class Stage(StrEnum):
    """Where a consultation stands today."""

    NONE = "none"
    SOON = "soon"
    OPEN = "open"
    CLOSED = "closed"


def stage_of(version: FrameworkVersion, consultation: Consultation | None, day: date) -> Stage:
    """Return where it stands on a day in the district's time zone; the last day counts whole."""
    if consultation is None:
        return Stage.NONE
    if version.state != VersionState.DRAFT or day > consultation.closes_on:
        return Stage.CLOSED
    return Stage.SOON if day < consultation.opens_on else Stage.OPEN


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as the caller may see it. name: the author's, for editors alone.

    group: of the author's role; "" where too few people could have written it.
    """

    uid: UUID
    name: str
    role: str
    group: str
    is_mine: bool
    text: str
    written_at: datetime
    answer: str
    answered_at: datetime | None
    about: str = ""


@dataclass(frozen=True, slots=True)
class Tally:
    """Votes for one element, or voters: of everyone (None: too few to tell), and by group as far as told."""

    total: int | None
    groups: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Said:
    """An element of the draft (wording None: the draft as a whole) with what was said of it."""

    wording: ElementVersion | None
    levels: Sequence[tuple[int, str, str]]
    comments: Sequence[Comment]
    n_comments: int
    tally: Tally | None
    is_mine: bool = False

    @property
    def key(self) -> str:
        """What an address calls it."""
        return str(self.wording.element.uid) if self.wording else WHOLE


@dataclass(frozen=True, slots=True)
class ConsultationPage:
    """A version and its consultation. only: the one element shown, with its page of comments."""

    version: FrameworkVersion
    consultation: Consultation | None
    stage: Stage
    whole: Said
    elements: list[Said]
    turnout: Tally
    n_comments: int
    may_write: bool
    may_edit: bool
    only: Said | None = None
    pages: Page[Any] | None = field(default=None, compare=False)

    @property
    def n_voted(self) -> int:
        """How many elements the caller has voted for."""
        return sum(one.is_mine for one in self.elements)

    @property
    def most_voted(self) -> list[Said]:
        """The elements by votes, the most first; those without a count that is told are left out."""
        told = [one for one in self.elements if one.tally and one.tally.total]
        return sorted(told, key=lambda one: -(one.tally.total or 0) if one.tally else 0)


def role_of(scope: Scope) -> Role | None:
    """Return the role that the caller speaks in: of those that have a say, the first in the order of roles."""
    held = (role for role in Role if role in scope.roles)
    return next((role for role in held if reach_of(role, Data.FRAMEWORK_DRAFTS, Action.CHANGE)), None)


def consulted(scope: Scope) -> QuerySet[FrameworkVersion]:
    """Return drafts, and versions that people were asked about, the newest first; one query."""
    if not scope.may(Data.FRAMEWORK_DRAFTS):
        return FrameworkVersion.objects.none()
    found = FrameworkVersion.objects.filter(
        Q(state=VersionState.DRAFT) | Q(consultation__isnull=False)
    ).select_related("framework", "consultation")
    return found.annotate(n_comments=Count("comments")).order_by("-first_school_year", "-pk")


def consulted_version(scope: Scope, uid: UUID) -> FrameworkVersion | None:
    """Return a draft, or a version that people were asked about; one query."""
    return consulted(scope).filter(uid=uid).first()


def days_of(version: FrameworkVersion) -> Consultation | None:
    """Return a version's consultation, if it has one."""
    return getattr(version, "consultation", None)


def consultation_page(
    scope: Scope, uid: UUID, *, about: str = "", page: str | None = None
) -> ConsultationPage | None:
    """Return a draft and what is said of it; None where there is none for the caller. Eight queries.

    about: the uid of the one element to show, or "whole"; anything else shows the whole draft.
    """
    version = consulted_version(scope, uid)
    if version is None:
        return None
    may_edit = scope.may(Data.DEFINITIONS, Action.CHANGE)
    consultation = days_of(version)
    stage = stage_of(version, consultation, today())
    counts = Counter(dict(version.comments.values_list("element_version").annotate(Count("pk")).order_by()))
    groups = groups_told(scope)
    newest = _newest(scope, version, groups)
    tallies, turnout = _tallies(version, stage)
    mine = _voted(scope, version)
    elements = [
        Said(one, _levels(one, version), newest[one.pk], counts[one.pk], tallies.get(one.pk), one.pk in mine)
        for one in _worded(version)
    ]
    whole = Said(None, (), newest[None], counts[None], None)
    only = next((one for one in (whole, *elements) if one.key == about), None)
    pages = None if only is None else Paginator(_of(version, only), PER_PAGE).get_page(page)
    if only is not None and pages is not None:
        shown = [_comment(one, scope, groups) for one in pages]
        only = Said(only.wording, only.levels, shown, only.n_comments, only.tally, only.is_mine)
    return ConsultationPage(
        version, consultation, stage, whole, elements, turnout, counts.total(),
        may_write=scope.may(Data.FRAMEWORK_DRAFTS, Action.CHANGE) and role_of(scope) is not None,
        may_edit=may_edit, only=only, pages=pages,
    )  # fmt: skip


def comments(scope: Scope, version: FrameworkVersion) -> QuerySet[ElementComment]:
    """Return what was said of a version, in the order it was written; one query."""
    if not scope.may(Data.FRAMEWORK_DRAFTS):
        return ElementComment.objects.none()
    found = version.comments.select_related("author", "element_version__element")
    return found.order_by("written_at", "pk")


def groups_told(scope: Scope) -> frozenset[str]:
    """Return the groups that the caller may know comments to come from; one query, none for editors."""
    if scope.may(Data.DEFINITIONS, Action.CHANGE):
        return frozenset(votes.GROUPS)
    roles: dict[str, list[str]] = {group: [] for group in votes.GROUPS}
    for role in Role:
        if reach_of(role, Data.FRAMEWORK_DRAFTS, Action.CHANGE):
            roles[votes.group_of(role)].append(role)
    able = RoleGrant.objects.on(today()).filter(user__in=User.objects.able())
    people = able.aggregate(
        **{group: Count("user", distinct=True, filter=Q(role__in=held)) for group, held in roles.items()}
    )
    return votes.authors_told(people)


def comment_as_told(scope: Scope, one: ElementComment, groups: frozenset[str]) -> Comment:
    """Return a row of `comments` as the caller may see it, who knows of `groups_told`; no query."""
    return _comment(one, scope, groups)


def _worded(version: FrameworkVersion) -> QuerySet[ElementVersion]:
    return (
        version.elements.select_related("element", "dimension")
        .prefetch_related(Prefetch("descriptors", LevelDescriptor.objects.order_by("level")))
        .order_by("dimension__place", "place")
    )


def _levels(one: ElementVersion, version: FrameworkVersion) -> list[tuple[int, str, str]]:
    names = version.level_names
    return [
        (each.level, names[each.level - 1] if each.level <= len(names) else "", each.text)
        for each in one.descriptors.all()
    ]


def _newest(
    scope: Scope, version: FrameworkVersion, groups: frozenset[str]
) -> dict[int | None, list[Comment]]:
    """Return the newest comments on each element; one query."""
    place = Window(RowNumber(), partition_by=[F("element_version")], order_by=[F("pk").desc()])
    rows = version.comments.select_related("author", "element_version__element")
    found: dict[int | None, list[Comment]] = defaultdict(list)
    for one in rows.annotate(place=place).filter(place__lte=NEWEST).order_by("-pk"):
        found[one.element_version_id].append(_comment(one, scope, groups))
    return found


def _of(version: FrameworkVersion, said: Said) -> QuerySet[ElementComment]:
    rows = version.comments.select_related("author", "element_version__element").order_by("-pk")
    return rows.filter(element_version=said.wording)


def _comment(one: ElementComment, scope: Scope, groups: frozenset[str]) -> Comment:
    may_edit, group = scope.may(Data.DEFINITIONS, Action.CHANGE), votes.group_of(one.role)
    return Comment(
        uid=one.uid,
        name=one.author.name if may_edit else "",
        role=str(Role(one.role).label) if may_edit and one.role in Role.values else "",
        group=group if group in groups else "",
        is_mine=one.author_id == scope.user_id,
        text=one.text,
        written_at=one.written_at,
        answer=one.answer,
        answered_at=one.answered_at,
        about=one.element_version.element.code if one.element_version else "",
    )


def _voted(scope: Scope, version: FrameworkVersion) -> set[int]:
    held = FocusVote.objects.filter(voter=scope.user_id or 0, element_version__version=version)
    return set(held.values_list("element_version_id", flat=True))


def _tallies(version: FrameworkVersion, stage: Stage) -> tuple[dict[int, Tally], Tally]:
    """Return votes by element, once the vote has closed, and how many voted; two queries.

    While it is open, counts would show how the person voted who was the last to do so.
    """
    cast = FocusVote.objects.filter(element_version__version=version)
    voters = Counter[str]()
    for role, n in cast.values_list("role").annotate(Count("voter", distinct=True)).order_by():
        voters[votes.group_of(role)] += n
    rule = votes.told(voters)
    turnout = _tally(voters, rule)
    if stage is not Stage.CLOSED:
        return {}, turnout
    by_element: dict[int, Counter[str]] = defaultdict(Counter)
    for element, role, n in cast.values_list("element_version", "role").annotate(Count("pk")).order_by():
        by_element[element][votes.group_of(role)] += n
    return {pk: _tally(by_element[pk], rule) for pk in version.elements.values_list("pk", flat=True)}, turnout


def _tally(counts: Counter[str], rule: votes.Told) -> Tally:
    return Tally(
        counts.total() if rule.total else None, tuple((group, counts[group]) for group in rule.groups)
    )
