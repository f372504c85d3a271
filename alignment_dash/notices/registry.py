"""The kinds of notices. Apps register theirs when they start; each kind is looked for by a job of its own."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from alignment_dash import schoolyear
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.scope import Scope
from alignment_dash.notices.models import Delivery
from alignment_dash.runs import registry as jobs

Text = str | Promise
JOB = "notices-"


@dataclass(frozen=True, slots=True)
class Told:
    """What one user should know now. key: what it is about, at most 100 characters.

    text: a sentence that names no person, for it may go out by mail. path: of the page where something can be done
    about it, from the first slash on.
    """

    user_id: int
    key: str
    text: str
    path: str
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of notice.

    find: the dotted path of a function that returns everything of the kind that is so now, for every user; what it
    returned before and no longer does has ended. data, action: whose scope does not open these hears nothing.
    delivery: for who has not chosen. may_be_urgent: its urgent notices go by mail at once to who has not chosen.
    after: kinds of jobs after whose results it is looked for, beside every night.
    """

    key: str
    label: Text
    audience: Text
    find: str
    data: Data
    action: Action = Action.VIEW
    delivery: str = Delivery.WEEKLY
    may_be_urgent: bool = False
    after: frozenset[str] = frozenset()

    @property
    def job(self) -> str:
        """The kind of the job that looks for it."""
        return f"{JOB}{self.key}"

    def is_open_to(self, scope: Scope) -> bool:
        """Say whether a scope may know of these."""
        return scope.may(self.data, self.action)

    def finder(self) -> "Iterable[Told]":
        """Return what is so now."""
        found: Iterable[Told] = import_string(self.find)()
        return found


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> None:
    """Make a kind known, and the job that looks for it. ValueError when another has its key."""
    from alignment_dash.notices.tasks import perform

    if _kinds.get(kind.key, kind) != kind:
        raise ValueError(f"two kinds of notices are called {kind.key}")
    _kinds[kind.key] = kind
    jobs.register(
        jobs.Job(
            kind=kind.job,
            label=format_lazy(_("Notices: {kind}"), kind=kind.label),  # type: ignore[arg-type]
            perform=perform,
            subjects=_now_alone,
            publishes=False,
            after=kind.after,
        )
    )


def _now_alone(year: int) -> list[str]:
    """Notices speak of today: there is nothing to look for in other years."""
    return [""] if year == schoolyear.current_year() else []


def kind_of(key: str) -> Kind | None:
    """Return a kind by its key; None when no app registered it."""
    return _kinds.get(key)


def kinds() -> list[Kind]:
    """Return every kind, in order of key."""
    return [_kinds[key] for key in sorted(_kinds)]


def kinds_for(scope: Scope) -> list[Kind]:
    """Return the kinds that the caller may know of."""
    return [kind for kind in kinds() if kind.is_open_to(scope)]
