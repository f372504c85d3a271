import uuid

import pytest
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from instruction.models import ElementVersion, ObservationRecord

WALK = {"observed": None}


class Writer:
    """Writes observations over the API as someone signed in."""

    def __init__(self, client, district):
        self.client, self.district = client, district
        school = district.schools[0]
        found = ElementVersion.objects.filter(version=district.version).order_by("place")
        self.elements = [str(one.element.uid) for one in found.select_related("element")]
        self.head = {
            "observed": str(district.teachers[school.pk][1].uid), "school": str(school.uid),
            "framework_version": str(district.version.uid), "kind": "informal", "purpose": "formative",
            "observed_on": schoolyear.today().isoformat(), "grade": "3", "subject": "Mathematics",
        }  # fmt: skip

    def line(self, text, *places, uid=None):
        tags = [self.elements[place] for place in places]
        return {
            "id": uid or str(uuid.uuid4()),
            "text": text,
            "at": timezone.now().isoformat(),
            "elements": tags,
        }

    def content(self, *lines, **levels):
        """Levels by e1, e2, ...: a number, None for not seen, or (number, why)."""
        marks = {}
        for name, given in levels.items():
            level, why = given if isinstance(given, tuple) else (given, "")
            marks[self.elements[int(name[1:]) - 1]] = {"level": level, "not_seen": level is None, "why": why}
        return {"lines": list(lines), "levels": marks}

    def body(self, content=None, base=0, **changed):
        return {
            "save": str(uuid.uuid4()), "base": base, "at": timezone.now().isoformat(), **self.head,
            "content": self.content() if content is None else content, **changed,
        }  # fmt: skip

    def put(self, uid, content=None, base=0, **changed):
        body = self.body(content, base, **changed)
        return self.client.put(f"/api/v1/observation-records/{uid}/", body, content_type="application/json")

    def begin(self, content=None, **changed):
        """Return the uid of a new record with some content."""
        uid = uuid.uuid4()
        content = content or self.content(self.line("Students explain", 0), e1=3, e2=None)
        answer = self.put(uid, content, **changed)
        assert answer.status_code == 201, answer.json()
        return uid

    def post(self, record, act, **body):
        path = f"/api/v1/observation-records/{record}/{act}/"
        return self.client.post(path, body, content_type="application/json")

    def get(self, uid):
        return self.client.get(f"/api/v1/observation-records/{uid}/")

    def shared(self, content=None, **changed):
        uid = self.begin(content, **changed)
        answer = self.post(uid, "share")
        assert answer.status_code == 200, answer.json()
        return uid


@pytest.fixture
def writer(district, sign_in):
    """The principal of the first school, about to observe one of its teachers."""
    return Writer(sign_in(Role.PRINCIPAL), district)


@pytest.fixture
def stored():
    """Return what is stored of a record, whoever may see it."""

    def found(uid):
        with all_rows(why="a test looks"):
            return ObservationRecord.objects.select_related("observation").get(uid=uid)

    return found
