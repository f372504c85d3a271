"""Figures of walks without names: none of few walks, and no small group to be worked out from the rest."""

import pytest

from alignment_dash.access.roles import Role
from instruction.observing.walks import elements_seen, told_groups
from tests.instruction.observing.conftest import WALK


def test_groups_under_five_walks_are_not_told_nor_to_be_worked_out():
    four, six, seven = [("3", "Art")] * 4, [("4", "Art")] * 6, [("5", "Art")] * 7
    assert told_groups(six + seven) == ([("4", "Art", 6), ("5", "Art", 7)], None)
    assert told_groups(four + six + seven) == ([("5", "Art", 7)], 10)
    assert told_groups(four + [("1", "Art")] * 2 + six) == ([("4", "Art", 6)], 6)
    assert told_groups(four) == ([], 4)
    assert told_groups([]) == ([], None)


def test_levels_of_elements_are_counted_from_five_walks_on():
    seen = [{"a": {"level": level, "not_seen": level is None}} for level in (1, 3, 3, None, 4)]
    (one,) = elements_seen({"a": "Talk"}, seen, 4)
    assert (one.levels, one.not_seen) == ([1, 0, 2, 1], 1)
    assert elements_seen({"a": "Talk"}, seen[:4], 4) == []


@pytest.mark.django_db
def test_walks_show_from_five_on_to_who_may_and_nobodys_notes(writer, client, district):
    address = f"/schools/{district.schools[0].uid}/walks/"
    for number in range(5):
        shown = client.get(address).content.decode()
        assert "Fewer than 5 walks" in shown, number
        writer.shared(kind="walkthrough", subject="Reading", **WALK)
    writer.begin(kind="walkthrough", **WALK)
    client.force_login(district.users[Role.CI_STAFF])
    shown = client.get(address).content.decode()
    assert "5 walks" in shown
    assert "Students explain" not in shown
    lines = client.get(f"{address[:-1]}.csv").content.decode("utf-8-sig").splitlines()
    assert lines[1] == "Element 1,0,0,5,0,0"
    client.force_login(district.users[Role.HR])
    assert client.get(address).status_code == 404
