"""When a roster is not applied unseen: the rules that hold one, each in plain words with its numbers.

Pure: the plan of a roster in, holds out. The thresholds follow what other consumers of rosters do (Clever: more
than 10% of a type deleted or more than 75% updated; Edlink: 10% of a type; Canvas: a file that shrank), checked
against a directory of 9,400 schools: within the year 0.4% of the rows change in a week, over a summer 48% change
and 1.6% go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TYPES = {
    "sessions": gettext_lazy("terms and school years"),
    "orgs": gettext_lazy("schools and offices"),
    "courses": gettext_lazy("courses"),
    "people": gettext_lazy("staff members"),
    "students": gettext_lazy("students"),
    "roles": gettext_lazy("assignments"),
    "sections": gettext_lazy("classes"),
    "teachings": gettext_lazy("teaching assignments"),
    "enrollments": gettext_lazy("enrollments"),
}
# The files whose rows become records of a type; two types may be of one file.
_FILES = {
    "sessions": "academicSessions.csv",
    "orgs": "orgs.csv",
    "courses": "courses.csv",
    "people": "users.csv",
    "students": "users.csv",
    "roles": "roles.csv",
    "sections": "classes.csv",
    "teachings": "enrollments.csv",
    "enrollments": "enrollments.csv",
}
# What has an id of its own in the source; the rest are links between these.
_WITH_IDS = ("sessions", "orgs", "courses", "people", "students", "sections")
_NAMED = 5


class Limits(Protocol):
    """From where on to hold; percentages of the records held before, floors in records."""

    end_percent: int
    end_floor: int
    update_percent: int
    update_floor: int
    shrink_percent: int
    unknown_percent: int


@dataclass(frozen=True, slots=True)
class Hold:
    """A rule that speaks against applying unseen: `count` of `total` of a type, against `limit` percent.

    `type` is "" for rules about the whole roster, and the first type of the file for rules about one; `percent` has one decimal.
    """

    code: str
    type: str
    count: int
    total: int
    percent: float
    limit: int
    message: str


def holds(
    plan: Mapping[str, Any],
    limits: Limits,
    *,
    source: str = "",
    previous_rows: Mapping[str, int] | None = None,
    uploader: int | None = None,
    accounts: int = 0,
) -> list[Hold]:
    """Return what speaks against applying a plan unseen, what explains the rest first; [] when nothing does.

    `previous_rows` are the rows by type of the source's last full lists that were applied; `uploader` is the
    user whose own account may be concerned, and `accounts` how many people could sign in before. An empty plan
    holds nothing.
    """
    types: Mapping[str, Mapping[str, Any]] = plan.get("types", {})
    before = previous_rows or {}
    found = [*_new_source(plan, types, source), *_unknown_ids(plan, types, limits)]
    for file in dict.fromkeys(_FILES.values()):
        of_file = [name for name in types if _FILES.get(name) == file and _is_full(types[name])]
        found += _fewer_rows(file, {name: types[name] for name in of_file}, limits, before)
    found += [*_ended_orgs(plan), *_widened_roles(plan), *_given_roles(plan)]
    for name, counts in types.items():
        found += _ended(name, counts, limits)
    found += _ended_roles(plan)
    for name, counts in types.items():
        found += _updated(name, counts, limits)
    return [*found, *_many_accounts(plan, accounts, limits), *_own_account(plan, uploader)]


def _new_source(
    plan: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]], source: str
) -> Iterator[Hold]:
    others: Sequence[str] = plan.get("other_sources", [])
    if others and not any(counts.get("held", 0) for counts in types.values()):
        words = _(
            "This roster comes from %(source)s, of which nothing is held, while people of %(others)s are held."
            " Ids of two sources never meet: everyone would be here twice. If it is the same system, name the"
            " source %(first)s when you send it."
        )
        said = {"source": source or _("a new source"), "others": ", ".join(others), "first": others[0]}
        yield Hold("source.new", "", 0, len(others), 0.0, 0, words % said)


def _unknown_ids(
    plan: Mapping[str, Any], types: Mapping[str, Mapping[str, Any]], limits: Limits
) -> Iterator[Hold]:
    """Hold another district's file, or a system that numbers anew.

    Growth is no such thing: a full list that still has most of what is held only adds to it.
    """
    seen, known = plan.get("ids", {}).get("seen", 0), plan.get("ids", {}).get("known", 0)
    unknown, limit = seen - known, limits.unknown_percent
    held = sum(types.get(name, {}).get("held", 0) for name in _WITH_IDS)
    full = sum(types[name].get("held", 0) for name in _WITH_IDS if _is_full(types.get(name, {})))
    if not held or not _over(unknown, seen, limit):
        return
    others = known * 100 < limit * full if full else _over(unknown, held, limit)
    if others:
        words = _(
            "%(count)s of the %(total)s ids in this roster (%(percent)s%%) are not known, although records of"
            " this source are held. More than %(limit)s%% is held for a person to look at: it may be another"
            " district's file, or a system that gave everyone new ids."
        )
        yield _hold("ids.unknown", "", unknown, seen, limit, words)


def _fewer_rows(
    file: str, types: Mapping[str, Mapping[str, Any]], limits: Limits, before: Mapping[str, int]
) -> Iterator[Hold]:
    """Hold a file that is a full list and empty, or shorter than the last; floors as for endings."""
    if not types:
        return
    name = next(iter(types))
    rows, held = types[name].get("rows", 0), sum(counts.get("held", 0) for counts in types.values())
    last = max(before.get(one, 0) for one in types)
    if not rows and held:
        words = _("%(file)s is a full list and holds no rows, while %(count)s of its records are held here.")
        yield _hold("file.empty", name, held, held, 0, words, {"file": file})
    elif last - rows >= limits.end_floor and _over(last - rows, last, limits.shrink_percent):
        words = _(
            "%(file)s is a full list and holds %(rows)s rows; the last one applied had %(total)s, so"
            " %(percent)s%% are missing. More than %(limit)s%% (at least %(floor)s) is held for a person to"
            " look at."
        )
        said = {"file": file, "rows": f"{rows:,}", "floor": limits.end_floor}
        yield _hold("file.shrank", name, last - rows, last, limits.shrink_percent, words, said)


def _ended_orgs(plan: Mapping[str, Any]) -> Iterator[Hold]:
    ended: Sequence[Mapping[str, str]] = plan.get("orgs_ended", [])
    if ended:
        names = ", ".join(one.get("label") or one["id"] for one in ended[:_NAMED])
        if len(ended) > _NAMED:
            names = _("%(names)s and %(more)s more") % {"names": names, "more": len(ended) - _NAMED}
        words = _(
            "This roster ends schools or offices: %(names)s. That is always held for a person to look at."
        )
        yield _hold("org.ended", "orgs", len(ended), len(ended), 0, words, {"names": names})


def _widened_roles(plan: Mapping[str, Any]) -> Iterator[Hold]:
    """Hold what lets people see more schools: a role at a network reaches every school that comes into it."""
    widened: Sequence[Mapping[str, Any]] = plan.get("roles_widened", [])
    by_place: dict[str, list[Mapping[str, Any]]] = {}
    for one in widened:
        by_place.setdefault(one["above"], []).append(one)
    for above, rows in by_place.items():
        names = list(dict.fromkeys(row["org"] for row in rows))
        moved = ", ".join(names[:_NAMED])
        if len(names) > _NAMED:
            moved = _("%(names)s and %(more)s more") % {"names": moved, "more": len(names) - _NAMED}
        words = _(
            "This roster puts %(orgs)s under %(above)s: the role of %(count)s who hold one there would reach further."
            " That is always held for a person to look at."
        )
        users = {user for row in rows for user in row["users"]}
        yield _hold("role.widened", "orgs", len(users), len(users), 0, words, {"orgs": moved, "above": above})


def _given_roles(plan: Mapping[str, Any]) -> Iterator[Hold]:
    """Hold what lets people see evidence about others, where nobody has looked at the roster: a program sent it."""
    given: Sequence[Mapping[str, Any]] = plan.get("roles_given", [])
    if given:
        places = list(dict.fromkeys(one["org"] for one in given if one["org"]))
        names = ", ".join(places[:_NAMED])
        if len(places) > _NAMED:
            names = _("%(names)s and %(more)s more") % {"names": names, "more": len(places) - _NAMED}
        roles = ", ".join(dict.fromkeys(one["role"].replace("-", " ") for one in given))
        words = _(
            "A program sent this roster, and by the district's rules it would give roles that see evidence about"
            " others (%(roles)s) to %(count)s people, at %(orgs)s. That is always held for a person to look at."
        )
        count = sum(len(one["users"]) + len(one["names"]) for one in given)
        yield _hold("role.given", "roles", count, count, 0, words, {"roles": roles, "orgs": names})


def _ended(name: str, counts: Mapping[str, Any], limits: Limits) -> Iterator[Hold]:
    ended, held = counts.get("ended", 0), counts.get("held", 0)
    said = {"floor": limits.end_floor}
    if ended >= limits.end_floor and _over(ended, held, limits.end_percent):
        words = _(
            "This roster ends %(count)s of %(total)s %(type)s (%(percent)s%%). More than %(limit)s%% (at least"
            " %(floor)s) is held for a person to look at."
        )
        yield _hold("type.ended", name, ended, held, limits.end_percent, words, said)
    elif ended == held > 1:
        words = _("This roster ends all %(total)s %(type)s. That is always held for a person to look at.")
        yield _hold("type.ended", name, ended, held, limits.end_percent, words)


def _ended_roles(plan: Mapping[str, Any]) -> Iterator[Hold]:
    """Hold a staff role that nobody would have any more; among all roles, a few principals are no share."""
    roles: Mapping[str, Sequence[int]] = plan.get("roles_ended", {})
    for role, (ended, held) in roles.items():
        if ended == held > 1:
            words = _(
                "This roster takes the role “%(role)s” from all %(total)s people who have it. That is always held"
                " for a person to look at."
            )
            yield _hold("role.ended", "roles", ended, held, 0, words, {"role": role.replace("-", " ")})


def _updated(name: str, counts: Mapping[str, Any], limits: Limits) -> Iterator[Hold]:
    updated, held = counts.get("updated", 0), counts.get("held", 0)
    if updated >= limits.update_floor and _over(updated, held, limits.update_percent):
        words = _(
            "This roster changes %(count)s of %(total)s %(type)s (%(percent)s%%). More than %(limit)s%% (at"
            " least %(floor)s) is held for a person to look at."
        )
        said = {"floor": limits.update_floor}
        yield _hold("type.updated", name, updated, held, limits.update_percent, words, said)


def _many_accounts(plan: Mapping[str, Any], accounts: int, limits: Limits) -> Iterator[Hold]:
    suspended = len(plan.get("users_suspended", []))
    many = suspended >= limits.end_floor and _over(suspended, accounts, limits.end_percent)
    if many or suspended == accounts > 1:
        words = _(
            "This roster would suspend the sign-in of %(count)s of %(total)s people (%(percent)s%%). More than"
            " %(limit)s%% (at least %(floor)s), or all, is held for a person to look at."
        )
        said = {"floor": limits.end_floor}
        yield _hold("account.many", "people", suspended, accounts, limits.end_percent, words, said)


def _own_account(plan: Mapping[str, Any], uploader: int | None) -> Iterator[Hold]:
    suspended: Sequence[int] = plan.get("users_suspended", [])
    if uploader is not None and uploader in suspended:
        words = _("This roster would suspend the sign-in of whoever sent it.")
        yield _hold("account.own", "people", 1, len(suspended), 0, words)


def _is_full(counts: Mapping[str, Any]) -> bool:
    return bool(counts.get("mode") == "bulk")


def _over(count: int, total: int, percent: int) -> bool:
    """Whether `count` is more than `percent` of `total`, in whole numbers; of nothing, nothing is."""
    return total > 0 and count * 100 > percent * total


def _hold(
    code: str,
    kind: str,
    count: int,
    total: int,
    limit: int,
    words: str,
    more: Mapping[str, object] | None = None,
) -> Hold:
    percent = round(100 * count / total, 1) if total else 0.0
    said = {
        "type": TYPES.get(kind, kind),
        "count": f"{count:,}",
        "total": f"{total:,}",
        "percent": f"{percent:g}",
        "limit": limit,
    }
    return Hold(code, kind, count, total, percent, limit, words % {**said, **(more or {})})
