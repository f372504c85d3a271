"""People whose data was erased here, in a roster that still names them: left out, and said so."""

from __future__ import annotations

from typing import Any

from alignment_dash.access.persondata import marks
from alignment_dash.access.persondata.registry import EMAIL
from schools.rosters.findings import Findings


def known_erased(source: str, ids: list[str]) -> set[str]:
    """Return which of a source's ids belong to someone erased; one query where nobody was."""
    if not marks.any_kept():
        return set()
    return {one for _space, one in marks.known((source, one) for one in ids)}


def leave_out_erased(cursor: Any, source: str, findings: Findings) -> int:
    """Take erased people out of the staged rows, before anything is written; returns how many.

    Someone with another id and an erased person's e-mail address may be somebody else: they stay, and it is said.
    """
    if not marks.any_kept():
        return 0
    cursor.execute("SELECT external_id, email FROM staged_users WHERE is_staff = 'true'")
    people = cursor.fetchall()
    found = marks.known((source, one) for one, _email in people)
    addresses = marks.known((EMAIL, email) for _one, email in people if email)
    marks.note_seen(found | addresses)
    ids = sorted(one for _space, one in found)
    cursor.execute(
        "UPDATE staged_users SET is_staff = 'false', given_name = '', family_name = '', preferred_given_name = '',"
        " email = '' WHERE external_id = ANY(%s)",
        [ids],
    )
    cursor.execute(
        "DELETE FROM staged_users WHERE is_student <> 'true' AND external_id = ANY(%s)",
        [ids],
    )
    alike = [one for one, email in people if (EMAIL, email) in addresses and one not in set(ids)]
    if ids:
        findings.add("person.erased", file="users.csv", more=len(ids) - 1)
    if alike:
        findings.add("person.erased_address", file="users.csv", more=len(alike) - 1)
    return len(ids)
