"""People and their roles: who is staff, who is a student, whose name may be kept.

Students keep no name, contact or username past this point; families and passwords are never used.
"""

from __future__ import annotations

import re

from .columns import FAMILY_ROLES, MATCHED_ROLES, STUDENT_ROLE
from .periods import period
from .state import FAMILY, STAFF, STUDENT, UNMATCHED_KEPT, State, Unmatched
from .table import Batch

_ROLE_WORD = re.compile(r"(?:ext:)?[A-Za-z][A-Za-z0-9._\- ]{0,63}")
_NOT_READABLE = "(not readable)"
_STAFF_ONLY = ("username", "givenName", "familyName", "preferredGivenName", "email")


def kind_of_role(word: str) -> int | None:
    """What holding this role makes of a person; None for a word without a counterpart here."""
    if word == STUDENT_ROLE:
        return STUDENT
    if word in FAMILY_ROLES:
        return FAMILY
    return STAFF if word in MATCHED_ROLES else None


def roles(batch: Batch, state: State) -> None:
    """Roles (1.2): note what each person is, and keep the rows of staff whose role is known."""
    columns = batch.columns
    period(batch, state, "roles.csv", "beginDate", "endDate")
    state.role_users[0].extend(columns["userSourcedId"])
    state.role_users[1].extend(batch.rows)
    kept = []
    names = ("userSourcedId", "role", "roleType", "orgSourcedId", "beginDate", "endDate")
    for row, user, word, primary, org, begin, end in zip(
        batch.rows, *(columns[n] for n in names), strict=True
    ):
        kind = kind_of_role(word)
        if kind is None:
            queue(state, "roles.csv", row, word, user, org)
        state.people[user] = state.people.get(user, 0) | (kind or STAFF)
        if kind == STUDENT and (primary == "primary" or user not in state.home_orgs):
            state.home_orgs[user] = org
        kept.append(kind == STAFF and _is_new_role(state, "roles.csv", row, (user, org, word), begin, end))
    batch.keep(kept)


def users(batch: Batch, state: State) -> None:
    """Keep staff with their names and students without; leave out families and people without a role."""
    columns = batch.columns
    if state.version == "1.1":
        kinds = _kinds_from_column(batch, state)
        state.people.update(zip(columns["sourcedId"], kinds, strict=True))
    else:
        kinds = _kinds_from_roles(batch, state)
    _same_usernames(batch, state)
    staff = [kind & STAFF != 0 for kind in kinds]
    for name in _STAFF_ONLY:
        columns[name] = [value if kept else "" for value, kept in zip(columns[name], staff, strict=True)]
    columns["isStaff"] = ["true" if kept else "false" for kept in staff]
    columns["isStudent"] = ["true" if kind & STUDENT else "false" for kind in kinds]
    batch.keep([kind & (STAFF | STUDENT) != 0 for kind in kinds])


def queue(state: State, file: str, row: int, word: str, user_id: str, org_id: str) -> None:
    """Put a role without a counterpart in the queue of words to be matched."""
    shown = word if _ROLE_WORD.fullmatch(word) else _NOT_READABLE
    state.unmatched_words[shown] += 1
    if len(state.unmatched) < UNMATCHED_KEPT:
        state.unmatched.append(Unmatched(file, row, "role", shown, user_id, org_id))
    state.findings.add("semantic.unmatched_role", file=file, rows=[row], column="role")


def _is_new_role(state: State, file: str, row: int, key: tuple[str, str, str], begin: str, end: str) -> bool:
    """Whether a person's role at an org does not overlap one already read."""
    periods = state.staff_roles.setdefault(key, [])
    for other_begin, other_end in periods:
        if (not end or other_begin < end) and (not other_end or begin < other_end):
            state.findings.add("semantic.same_role", file=file, rows=[row])
            return False
    periods.append((begin, end))
    return True


def _kinds_from_column(batch: Batch, state: State) -> list[int]:
    """1.1: one role a person, at each of the person's orgs; the first is the primary one."""
    columns = batch.columns
    kinds, homes = [], []
    names = ("sourcedId", "role", "orgSourcedIds")
    for row, user, word, org_ids in zip(batch.rows, *(columns[name] for name in names), strict=True):
        kind = kind_of_role(word)
        kinds.append(kind or STAFF)
        places = list(dict.fromkeys(org_ids.split(",")))
        homes.append(places[0])
        if kind is None:
            queue(state, "users.csv", row, word, user, places[0])
        elif kind == STAFF:
            for at, org in enumerate(places):
                source_id = f"{user}|{word}|{org}"[:255]
                primary = "secondary" if at else "primary"
                state.role_rows.append((source_id, user, word, primary, org, "", ""))
    columns["primaryOrgSourcedId"] = homes
    columns["preferredGivenName"] = [""] * len(kinds)
    return kinds


def _kinds_from_roles(batch: Batch, state: State) -> list[int]:
    """1.2: what roles.csv says, and else what the consumer already holds the person as."""
    ids = batch.columns["sourcedId"]
    without = {user for user in ids if user not in state.people}
    if without:
        for kind, word in ((STAFF, "staff"), (STUDENT, "students")):
            for user in state.register.holds(word, without):
                state.people[user] = state.people.get(user, 0) | kind
    kinds = [state.people.get(user, 0) for user in ids]
    left_out = [row for row, kind in zip(batch.rows, kinds, strict=True) if not kind]
    if left_out:
        state.findings.add("semantic.user_without_role", file="users.csv", rows=left_out)
    homes = zip(ids, batch.columns["primaryOrgSourcedId"], strict=True)
    batch.columns["primaryOrgSourcedId"] = [org or state.home_orgs.get(user, "") for user, org in homes]
    return kinds


def _same_usernames(batch: Batch, state: State) -> None:
    again = []
    for row, name in zip(batch.rows, batch.columns["username"], strict=True):
        lower = name.lower()
        if lower and lower in state.usernames:
            again.append(row)
        state.usernames.add(lower)
    if again:
        state.findings.add("semantic.same_username", file="users.csv", rows=again, column="username")
