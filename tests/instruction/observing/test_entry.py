"""The form of an observation as it is sent without scripts, and whom one may choose."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.roles import Role
from instruction.models import VisitingObserver
from instruction.observing.entry import queries
from instruction.observing.entry.lines import content_from, edited

NOW, THEN = "2026-11-02T10:15:00+00:00", "2026-11-02T10:00:00+00:00"


def lines(*texts, **tags):
    """Lines with ids a, b, c ..., each tagged to what its id is given."""
    ids = "abcdefgh"
    return [
        {"id": one, "text": text, "at": THEN, "elements": list(tags.get(one, ""))}
        for one, text in zip(ids, texts, strict=False)
    ]


@pytest.mark.parametrize(
    ("before", "text", "kept"),
    [
        (("one", "two"), "one\ntwo", ["a", "b"]),
        (("one", "two"), "zero\none\ntwo", ["new", "a", "b"]),
        (("one", "two"), "one\ntwo and more", ["a", "b"]),
        (("one", "two", "three"), "one\nthree", ["a", "c"]),
        (("one two",), "one\n two", ["a", "new"]),
        (("one",), "\none", ["new", "a"]),
        ((), "first", ["new"]),
        (("same", "same"), "same\nsame\nsame", ["a", "b", "new"]),
    ],
)
def test_edited_lines_keep_their_ids(before, text, kept):
    made = edited(lines(*before), text, NOW)
    assert [line["text"] for line in made] == text.split("\n")
    assert [line["id"] if line["id"] in "abc" else "new" for line in made] == kept


def test_lines_joined_keep_the_tags_of_both():
    (made,) = edited(lines("Students talk", " in pairs", a="X", b="Y"), "Students talk in pairs", NOW)
    assert (made["id"], made["elements"], made["at"]) == ("a", ["X", "Y"], THEN)


def test_sent_form_becomes_a_document_with_not_seen_apart_from_nothing_said():
    data = QueryDict(mutable=True)
    data.update({"notes": "one\r\n\r\nnew", "known": "a", "tag.a": "X", "level.X": "3", "why.X": " all "})
    data.update({"level.Y": "not-seen", "level.Z": "", "level.other": "4"})
    made = content_from(data, lines("one", "of another device"), elements=["X", "Y", "Z"], now=NOW)
    assert [(line["text"], line["elements"]) for line in made["lines"]] == [("one", ["X"]), ("new", [])]
    assert made["levels"] == {
        "X": {"level": 3, "not_seen": False, "why": "all"},
        "Y": {"level": None, "not_seen": True, "why": ""},
        "Z": {"level": None, "not_seen": False, "why": ""},
    }


@pytest.mark.django_db
def test_visitor_of_many_schools_begins_with_those_they_lead(district, sign_in, monkeypatch):
    monkeypatch.setattr(queries, "SCHOOLS_AT_ONCE", 1)
    VisitingObserver.objects.create(
        person=district.principals[0], school_year=schoolyear.current_year(), lessons=4
    )
    own, other = district.schools[:2]
    client, url = sign_in(Role.PRINCIPAL), reverse("instruction:record-new")
    page = client.get(url).text
    assert f".{own.uid}" in page
    assert f".{other.uid}" not in page
    assert f'<option value="{other.uid}"' in page
    page = client.get(url, {"school": other.uid}).text
    assert f".{other.uid}" in page
    assert f".{own.uid}" not in page
