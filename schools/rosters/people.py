"""People and their roles: who is staff, who is a student, whose name may be kept.

Students keep no name, contact or username past this point; families and passwords are never used.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .compact import HashSet, Mask, hashes, pair
from .emitted import EMITTED
from .package import Refused
from .periods import period
from .role_rules import FAMILY as FAMILY_ROLE
from .role_rules import OUTCOMES, PERSON_COLUMNS, STAFF_ROLES, WAITING, Outcomes
from .role_rules import STUDENT as STUDENT_ROLE
from .state import FAMILY, STAFF, STUDENT, WAITS, State
from .table import Batch

# A word with a space may be a name that came here by a shifted column.
_ROLE_WORD = re.compile(r"(?:ext:)?[A-Za-z][A-Za-z0-9._\-]{0,63}")
_NOT_READABLE = "(not readable)"
_STAFF_ONLY = ("username", "givenName", "familyName", "preferredGivenName", "email")
_LONGEST_ID = 255
# What each of `OUTCOMES` makes of a person.
_KINDS = np.array([*[STAFF] * len(STAFF_ROLES), STUDENT, FAMILY, FAMILY, WAITS], np.uint8)
# The order in which a student's orgs are preferred: that of a primary role, then the first in the file.
_SECONDARY, _ORDER = 1 << 62, 31


def roles(batch: Batch, state: State) -> None:
    """Roles (1.2): note what each person is, and keep the rows of staff whose role is known."""
    columns = batch.columns
    period(batch, state, "roles.csv", "beginDate", "endDate")
    users, orgs = batch.hashes("userSourcedId"), batch.hashes("orgSourcedId")
    found = state.role_map.outcomes(columns["role"], _org_types(batch, state), _cell_masks(batch, state))
    state.people.add(users, _KINDS[found])
    pairs, primary = pair(users, orgs), batch.equals("roleType", "primary")
    state.role_pairs.add(pairs)
    state.repeats["primary role"].add(pairs[primary])
    _note_homes(batch, state, found == STUDENT_ROLE, primary)
    names = ("sourcedId", "userSourcedId", "role", "roleType", "orgSourcedId", "beginDate", "endDate")
    waiting = np.flatnonzero(found == WAITING).tolist()
    if waiting:
        rows = [tuple(columns[name][at] for name in names) for at in waiting]
        queue(state, "roles.csv", [batch.rows[at] for at in waiting], rows)
    batch.set("role", [OUTCOMES[code] for code in found.tolist()])
    batch.keep(_new_staff_roles(batch, state, found < len(STAFF_ROLES)))


def users(batch: Batch, state: State) -> None:
    """Keep staff with their names and students without; leave out families and people without a role.

    Someone all of whose roles wait is staff without a name, so that the roles can wait.
    """
    if state.version == "1.1":
        kinds = _kinds_from_column(batch, state)
        state.people.add(batch.hashes("sourcedId"), kinds)
    else:
        kinds = _kinds_from_roles(batch, state)
    kinds, named = _settle_waiting(batch, state, kinds)
    state.repeats["username"].add(hashes(lowered(batch.columns["username"])))
    staff = (kinds & STAFF != 0).tolist()
    for name in _STAFF_ONLY:
        values = zip(batch.columns[name], named.tolist(), strict=True)
        batch.set(name, [value if kept else "" for value, kept in values])
    batch.set("enabledUser", [value or "true" for value in batch.columns["enabledUser"]])
    batch.set("isStaff", ["true" if kept else "false" for kept in staff])
    batch.set("isStudent", ["true" if kind & STUDENT else "false" for kind in kinds.tolist()])
    batch.keep(kinds & (STAFF | STUDENT) != 0)


def _settle_waiting(batch: Batch, state: State, kinds: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], Mask]:
    """What people are with the roles that wait, and whose name is kept.

    Someone with no other role may be a student. One who is held as a student stays one; any other is staff, so that
    the role can wait, and has a name only if known as staff already.
    """
    alone = np.flatnonzero((kinds & WAITS != 0) & (kinds & (STAFF | STUDENT) == 0)).tolist()
    named = kinds & STAFF != 0
    if not alone:
        return kinds, named
    ids = batch.columns["sourcedId"]
    asked = {ids[at] for at in alone} - {""}
    staff = set(state.known_staff(state.register.holds("staff", asked, keep=False)))
    students = state.register.holds("students", asked, keep=False) - staff
    settled = np.array([STUDENT if ids[at] in students else STAFF for at in alone], np.uint8)
    kinds, places = kinds.copy(), np.array(alone)
    kinds[places] |= settled
    named[places] = [ids[at] in staff for at in alone]
    state.held_people.add(batch.hashes("sourcedId")[places], settled)
    return kinds, named


def lowered(values: Sequence[str]) -> list[str]:
    """Usernames as they are compared."""
    return [value.lower() for value in values]


def queue(state: State, file: str, rows: list[int], waiting: list[tuple[str, ...]]) -> None:
    """Put roles without a counterpart in the queue of words to be matched."""
    for source_id, user, word, *rest in waiting:
        shown = word if _ROLE_WORD.fullmatch(word) or state.role_map.names(word) else _NOT_READABLE
        state.unmatched_words[shown] += 1
        state.side_rows["waiting"].append((source_id, user, shown, *rest))
    state.findings.add("semantic.unmatched_role", file=file, rows=rows, column="role")


def note_rule_users(batch: Batch, state: State) -> None:
    """Remember who passes the test of each rule that looks at a column of users.csv."""
    ids = batch.hashes("sourcedId")
    for at, rule in enumerate(state.role_map.rules):
        name = _column_of(rule.column, batch)
        if name:
            passing = state.role_map.matching(at, batch.columns[name])
            state.rule_users.setdefault(at, HashSet()).add(ids[passing])


def _column_of(name: str, batch: Batch) -> str:
    """What the column that a rule names is called in a batch; "" where it is not there."""
    own = {name.lower(): name for name in PERSON_COLUMNS}.get(name.lower(), name.lower())
    return own if name and own in batch.columns else ""


def _cell_masks(batch: Batch, state: State, person: str = "userSourcedId") -> dict[int, Mask]:
    """For each rule with a column, the rows whose own cell, or whose person's cell, passes its test."""
    masks = {}
    for at, rule in enumerate(state.role_map.rules):
        if not rule.column:
            continue
        users = state.rule_users.get(at)
        masks[at] = users.has(batch.hashes(person)) if users else np.zeros(len(batch.rows), np.bool_)
        name = _column_of(rule.column, batch)
        if name:
            masks[at] = masks[at] | state.role_map.matching(at, batch.columns[name])
    return masks


def _org_types(batch: Batch, state: State) -> list[str]:
    if not state.role_map.needs_org_type:
        return []
    known = state.org_types_of("roles", set(batch.distinct("orgSourcedId")))
    return [known[org] for org in batch.columns["orgSourcedId"]]


def _note_homes(batch: Batch, state: State, students: Mask, primary: Mask) -> None:
    if state.findings.has_errors or not students.any():
        return
    orgs = batch.columns["orgSourcedId"]
    if state.register.may_leave_bundle("roles", "users"):  # their row of users.csv may not come
        rows = zip(*(batch.columns[name] for name in EMITTED["homes"]), strict=True)
        state.side_rows["homes"] += [row for row, kept in zip(rows, students.tolist(), strict=True) if kept]
    numbers = {org: state.home_ids.setdefault(org, len(state.home_ids)) for org in dict.fromkeys(orgs)}
    codes = np.fromiter(map(numbers.__getitem__, orgs), np.int64, len(orgs)) + 1
    order = np.fromiter(batch.rows, np.int64, len(orgs)) << _ORDER
    values = np.where(primary, 0, _SECONDARY) + order + codes
    state.homes.add(batch.hashes("userSourcedId")[students], values[students])


def _new_staff_roles(batch: Batch, state: State, staff: Mask) -> Mask:
    """Which rows are roles of staff that do not overlap the same role of the same person already read."""
    columns, kept = batch.columns, staff.copy()
    names = ("userSourcedId", "orgSourcedId", "role", "beginDate", "endDate")
    for at in np.flatnonzero(staff).tolist():
        user, org, role, begin, end = (columns[name][at] for name in names)
        periods = state.staff_roles.setdefault(hash((user, org, role)), [])
        if any((not end or b < end) and (not e or begin < e) for b, e in periods):
            kept[at] = False
        else:
            periods.append((begin, end))
    if len(state.staff_roles) > state.most_staff_roles:
        raise Refused("roster.too_many_roles", file="roles.csv", limit=state.most_staff_roles)
    if (again := staff & ~kept).any():
        state.findings.add("semantic.same_role", file="roles.csv", rows=batch.where(again))
    return kept


def _kinds_from_column(batch: Batch, state: State) -> NDArray[np.uint8]:
    """1.1: one role word a person, held at each of the person's orgs; the first is the primary one."""
    columns = batch.columns
    places = [list(dict.fromkeys(listed.split(","))) for listed in columns["orgSourcedIds"]]
    owners = [at for at, orgs in enumerate(places) for _ in orgs]
    orgs = [org for each in places for org in each]
    found = _outcomes_by_place(batch, state, owners, orgs)
    kinds = np.zeros(len(places), np.uint8)
    np.bitwise_or.at(kinds, owners, _KINDS[found])
    _role_rows(batch, state, owners, orgs, found)
    batch.set("primaryOrgSourcedId", [each[0] for each in places])
    batch.set("preferredGivenName", [""] * len(places))
    return kinds


def _outcomes_by_place(batch: Batch, state: State, owners: list[int], orgs: list[str]) -> Outcomes:
    words = [batch.columns["role"][at] for at in owners]
    types: list[str] = []
    if state.role_map.needs_org_type:
        known = state.org_types_of("users", set(orgs))
        types = [known[org] for org in orgs]
    masks = {at: mask[owners] for at, mask in _cell_masks(batch, state, "sourcedId").items()}
    return state.role_map.outcomes(words, types, masks)


def _role_rows(batch: Batch, state: State, owners: list[int], orgs: list[str], found: Outcomes) -> None:
    """Make the rows that roles.csv would hold, for staff and for roles that wait."""
    columns = batch.columns
    rows: list[int] = []
    waiting: list[tuple[str, ...]] = []
    codes = found.tolist()
    for place, (at, org) in enumerate(zip(owners, orgs, strict=True)):
        code = codes[place]
        if code in (STUDENT_ROLE, FAMILY_ROLE) or code not in (*range(len(STAFF_ROLES)), WAITING):
            continue
        user, word = columns["sourcedId"][at], columns["role"][at]
        primary = "primary" if place == 0 or owners[place - 1] != at else "secondary"
        source_id = _made_id(user, word, org)
        if code == WAITING:
            rows.append(batch.rows[at])
            waiting.append((source_id, user, word, primary, org, "", ""))
        else:
            state.side_rows["roles"].append((source_id, user, OUTCOMES[code], primary, org, "", ""))
    if waiting:
        queue(state, "users.csv", rows, waiting)


def _made_id(user: str, word: str, org: str) -> str:
    """The id of a role that 1.1 gives none; never cut, for two long ones could be cut to the same."""
    made = f"{user}|{word}|{org}"
    if len(made) <= _LONGEST_ID:
        return made
    return "sha256|" + hashlib.sha256(made.encode(errors="surrogatepass")).hexdigest()


def _kinds_from_roles(batch: Batch, state: State) -> NDArray[np.uint8]:
    """1.2: what roles.csv says, and else what the consumer already holds the person as."""
    ids = batch.columns["sourcedId"]
    kinds = state.people.get(batch.hashes("sourcedId"))
    without = np.flatnonzero(kinds == 0).tolist()
    if without:
        asked = {ids[at] for at in without} - {""}
        for kind, word in ((STAFF, "staff"), (STUDENT, "students")):
            held = state.register.holds(word, asked, keep=False)
            now = [at for at in without if ids[at] in held]
            kinds[now] |= kind
            state.held_people.add(hashes([ids[at] for at in now]), np.full(len(now), kind, np.uint8))
        if (left_out := kinds == 0).any():
            rows = batch.where(left_out)
            state.findings.add("semantic.user_without_role", file="users.csv", rows=rows)
    _check_primary_orgs(batch, state)
    _fill_homes(batch, state)
    return kinds


def _check_primary_orgs(batch: Batch, state: State) -> None:
    """A person has a role at the org that is named as primary, where roles.csv tells all roles."""
    register = state.register
    if not len(state.role_pairs) or register.may_leave_bundle("users", "roles"):
        return
    orgs = batch.hashes("primaryOrgSourcedId")
    lacking = (orgs != 0) & ~state.role_pairs.has(pair(batch.hashes("sourcedId"), orgs))
    if lacking.any() and not register.is_given_up("roles"):
        state.findings.add(
            "semantic.primary_org_role",
            file="users.csv",
            rows=batch.where(lacking),
            column="primaryOrgSourcedId",
        )


def _fill_homes(batch: Batch, state: State) -> None:
    orgs = batch.columns["primaryOrgSourcedId"]
    if not state.home_ids or "" not in orgs:
        return
    names = ["", *state.home_ids]
    codes = (state.homes.get(batch.hashes("sourcedId")) & ((1 << _ORDER) - 1)).tolist()
    filled = [org or names[code] for org, code in zip(orgs, codes, strict=True)]
    batch.set("primaryOrgSourcedId", filled)
