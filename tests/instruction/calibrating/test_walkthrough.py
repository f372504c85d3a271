"""A calibration from invitation to release by four signed-in people, through the pages and without a script."""

import re

import pytest
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.reach import all_rows
from alignment_dash.access.roles import Role
from alignment_dash.runs.models import Run
from instruction.models import (
    CalibrationExercise,
    CalibrationRating,
    ExerciseState,
    Observation,
    ObservationKind,
    Purpose,
)
from tests.instruction.calibrating.routes import person_of

pytestmark = pytest.mark.django_db
LEVELS = {
    Role.PRINCIPAL: (2, 3, 3),
    Role.ASSISTANT_PRINCIPAL: (2, 2, None),
    Role.SUPERVISOR: (1, 3, 4),
}


class Someone:
    """A browser without scripts in which one person is signed in."""

    def __init__(self, client_class, user):
        self.client = client_class()
        self.client.force_login(user)

    def read(self, name, *args, query=""):
        answer = self.client.get(reverse(f"instruction:{name}", args=args) + query)
        assert answer.status_code == 200
        return re.sub(r"\s+", " ", answer.content.decode())

    def send(self, name, *args, status=302, **fields):
        answer = self.client.post(reverse(f"instruction:{name}", args=args), fields)
        assert answer.status_code == status, answer.content.decode()
        return answer


@pytest.fixture
def people(district, client):
    for role in LEVELS:
        person_of(district, role)
    return {role: Someone(type(client), district.users[role]) for role in (Role.CALIBRATION_LEAD, *LEVELS)}


def _sheet(district, levels, word, revision, act):
    fields = {"revision": str(revision), "act": act}
    for element, level in zip(district.version.elements.select_related("element"), levels, strict=True):
        fields[f"level-{element.element.uid}"] = "none" if level is None else str(level)
        fields[f"evidence-{element.element.uid}"] = f"{word} 😀 مرحبا"
    return fields


def test_four_people_go_from_invitation_to_release(district, people):
    lead = people[Role.CALIBRATION_LEAD]
    lead.send(
        "calibration-new",
        title="Fractions, grade 5",
        due_on=schoolyear.today().isoformat(),
        version=district.version.uid,
        video_title="Fractions",
        video_url="https://video.example/5",
        video_minutes="14",
    )
    exercise = CalibrationExercise.objects.get()
    prepared = lead.read("calibration-prepare", exercise.uid, query="?q=principal")
    assert "In preparation" in prepared
    invited = [person_of(district, role).uid for role in LEVELS]
    assert all(
        str(uid) in lead.read("calibration-prepare", exercise.uid, query="?q=p") for uid in invited[:1]
    )
    lead.send("calibration-invitations", exercise.uid, person=invited)
    first = district.version.elements.select_related("element").order_by("place")[0].element.uid
    lead.send(
        "calibration-references",
        exercise.uid,
        revision=exercise.revision,
        **{f"level-{first}": "2", f"why-{first}": "Two pupils explain."},
    )
    lead.send("calibration-state", exercise.uid, act="open")

    # The invitation is on the home page, and on the page of exercises.
    for role, levels in LEVELS.items():
        one = people[role]
        home = one.client.get(reverse("ui:home")).content.decode()
        assert "You are invited to rate <b>Fractions, grade 5</b>" in home
        page = one.read("calibration-exercise", exercise.uid)
        assert "Two pupils explain." not in page
        # A draft first; then the same with all levels, for good.
        one.send("calibration-exercise", exercise.uid, **_sheet(district, levels, f"by-{role}", 0, "save"))
        assert f"by-{role} 😀 مرحبا" in one.read("calibration-exercise", exercise.uid)
        one.send("calibration-exercise", exercise.uid, **_sheet(district, levels, f"by-{role}", 1, "submit"))
        page = one.read("calibration-exercise", exercise.uid)
        assert "You have <b>handed in</b>" in page
        others = [other.value for other in LEVELS if other != role]
        assert not any(f"by-{other} 😀" in page for other in others)

    # The lead sees who, not what.
    waiting = lead.read("calibration-prepare", exercise.uid)
    assert "<b>3 of 3</b> invited observers have handed in." in waiting
    assert "😀" not in waiting
    lead.send("calibration-state", exercise.uid, act="release")

    page = people[Role.PRINCIPAL].read("calibration-results", exercise.uid)
    assert "You gave the reference level on 1 of 1 element." in page
    assert "Two pupils explain." in page
    assert "2 of 3, within one level 3" in page
    assert "by-principal 😀 مرحبا" in page
    names = [str(person_of(district, role).identity) for role in LEVELS if role != Role.PRINCIPAL]
    assert not any(name in page or "by-supervisor 😀" in page for name in names)
    by_name = lead.read("calibration-results", exercise.uid)
    assert all(name in by_name for name in names)
    people[Role.SUPERVISOR].send(
        "calibration-comment", exercise.uid, element=str(first), text="Who explained? 😀"
    )
    assert "Who explained? 😀" in people[Role.PRINCIPAL].read("calibration-results", exercise.uid)

    exercise.refresh_from_db()
    assert exercise.state == ExerciseState.RELEASED
    with all_rows(why="a test looks at what was written"):
        made = Observation.objects.filter(video=exercise.video)
        assert {one.observer_id for one in made} == {person_of(district, role).pk for role in LEVELS}
        assert {(one.kind, one.purpose) for one in made} == {(ObservationKind.CALIBRATION, Purpose.FORMATIVE)}
        assert sorted(one.ratings.count() for one in made) == [2, 3, 3]
        assert CalibrationRating.objects.filter(level__isnull=True).count() == 1
    assert Run.objects.filter(kind="capacity", reason="calibration exercise released").exists()
    acts = set(AuditEvent.objects.filter(act__startswith="calibration.").values_list("act", flat=True))
    assert acts >= {"calibration.make", "calibration.open", "calibration.submit", "calibration.release"}
    assert not any("😀" in str(event.detail) for event in AuditEvent.objects.all())
    assert AuditEvent.objects.filter(act="view.calibration").exists()

    export = lead.client.get(reverse("instruction:calibration-export", args=[exercise.uid]))
    assert len(export.content.decode("utf-8-sig").strip().split("\r\n")) == 1 + 9
    assert people[Role.PRINCIPAL].client.get(export.wsgi_request.path).status_code == 404
