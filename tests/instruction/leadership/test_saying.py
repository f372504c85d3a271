"""Self-assessments: theirs alone until shared, taken back at will, and never lost between two windows."""

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from alignment_dash.access.models import AuditEvent, new_uid
from alignment_dash.access.reach import all_rows, rows_of
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from instruction.frameworks.definition import SHIPPED
from instruction.leadership import actions, saying
from instruction.leadership.actions import Level
from instruction.leadership.queries import reached
from instruction.models import FrameworkKind, FrameworkVersion, SelfAssessment, SelfRating
from instruction.observing import who
from tests import factories
from tests.instruction.leadership.places import leadership, observed, run_job

pytestmark = pytest.mark.django_db


def begun(district, version):
    by = district.users[Role.PRINCIPAL]
    return actions.begin_assessment(
        person=district.principals[0], version=version, year=factories.year(), by=by
    )


def form_of(client, made, **changes):
    """What the browser would send for a self-assessment."""
    page = client.get(reverse("instruction:assessment", kwargs={"uid": made.uid}))
    form = page.context["form"]
    sent = {"revision": form["revision"].value()}
    for row in form.rows():
        sent[row.level.name] = row.level.value() or ""
        sent[row.why.name] = row.why.value() or ""
    return sent | changes


def test_what_is_not_shared_is_the_writers_alone_and_shared_what_the_supervisor_sees(district, sign_in):
    version = observed(district)
    run_job(version)
    made, by = begun(district, version), district.users[Role.PRINCIPAL]
    first = version.elements.order_by("place").first()
    with pytest.raises(ValidationError, match="Nothing is rated"):
        actions.share_assessment(assessment=made, by=by)
    levels = {first.pk: Level(4, "Notes of nine visits.")}
    made = actions.save_assessment(assessment=made, revision=0, levels=levels, by=by)
    page = reverse("instruction:leadership-of", kwargs={"uid": district.principals[0].uid})
    supervisor = sign_in(Role.SUPERVISOR)
    assert "Notes of nine visits" not in supervisor.get(page).content.decode()
    with rows_of(schools=[district.schools[0].pk]):
        assert not SelfAssessment.objects.exists()
        assert not SelfRating.objects.exists()
    actions.share_assessment(assessment=made, by=by)
    assert "Notes of nine visits" in supervisor.get(page).content.decode()
    assert supervisor.get(reverse("instruction:assessment", kwargs={"uid": made.uid})).status_code == 404
    actions.take_back(assessment=made, by=by)
    assert "Notes of nine visits" not in supervisor.get(page).content.decode()
    assert "Notes of nine visits" in sign_in(Role.PRINCIPAL).get(page).content.decode()
    assert "Notes" not in str(list(AuditEvent.objects.values_list("detail", "target_label")))


def test_principal_fills_it_in_on_pages_and_shares_it(district, sign_in):
    version, client = leadership(district), sign_in(Role.PRINCIPAL)
    sent = {"version": str(version.uid), "uid": str(new_uid())}
    where = client.post(reverse("instruction:assessment-begin"), sent)["Location"]
    assert client.post(reverse("instruction:assessment-begin"), sent)["Location"] == where
    with rows_of(person=district.principals[0].pk):
        made = SelfAssessment.objects.get()
    one = version.elements.order_by("place").first()
    sent = form_of(client, made, **{f"level_{one.pk}": "3", f"why_{one.pk}": "Weekly."})
    assert client.post(where, sent)["Location"] == where
    assert "Weekly." in client.get(where).content.decode()
    stale = client.post(where, sent | {f"level_{one.pk}": "2", f"why_{one.pk}": "Typed elsewhere."})
    assert stale.status_code == 409
    text = stale.content.decode()
    assert "Weekly." in text
    assert "Typed elsewhere." in text
    assert client.post(where, sent | {f"level_{one.pk}": "9"}).status_code == 400
    alone = client.post(where, form_of(client, made, **{f"level_{one.pk}": "", f"why_{one.pk}": "No level."}))
    assert (alone.status_code, "Choose a level" in alone.content.decode()) == (400, True)
    share = reverse("instruction:assessment-share", kwargs={"uid": made.uid})
    discard = reverse("instruction:assessment-discard", kwargs={"uid": made.uid})
    client.post(share, {"share": "1"})
    # What others read is not thrown away behind their backs: it is taken back first.
    assert client.post(discard, {"revision": "2"})["Location"] == where
    assert "take it back first" in client.get(where).content.decode()
    listed = client.get(reverse("instruction:assessments")).content.decode()
    assert "shared on" in listed
    client.post(share, {"share": "0"})
    assert "you alone" in client.get(reverse("instruction:assessments")).content.decode()
    assert f'href="{discard}"' in client.get(where).content.decode()
    asked = client.get(discard)
    assert "with 1 element rated" in asked.content.decode()
    stale = client.post(discard, {"revision": "1"})
    assert (stale.status_code, "Nothing was discarded" in stale.content.decode()) == (409, True)
    sent = {"revision": asked.context["row"].revision}
    assert client.post(discard, sent)["Location"] == reverse("instruction:assessments")
    assert client.get(where).status_code == 404
    assert AuditEvent.objects.filter(act="self-assessment.discard").count() == 1
    unknown = client.post(
        reverse("instruction:assessment-begin"), {"version": str(new_uid()), "uid": str(new_uid())}
    )
    assert unknown["Location"] == reverse("instruction:assessments")


def test_supervisor_assesses_by_standards_that_the_product_brings_and_nobody_is_observed_by(
    district, sign_in
):
    admin = sign_in(Role.CI_ADMINISTRATOR)
    for code in SHIPPED:
        answer = admin.post(reverse("instruction:framework-import"), {"shipped": code})
        assert answer.status_code == 302, answer.content.decode()
    assert FrameworkVersion.objects.filter(framework__kind=FrameworkKind.SUPERVISION).count() == 2
    version = factories.framework(kind=FrameworkKind.SUPERVISION)
    scope = scope_of(district.users[Role.SUPERVISOR])
    assert [one.pk for one in saying.versions_for(scope, factories.year())] == [version.pk]
    may = who.may_observe(scope, factories.year())
    assert who.people_to_observe(may, scope.day, kind=FrameworkKind.SUPERVISION) == []
    assert may.roles_at(district.schools[0].pk, FrameworkKind.SUPERVISION) == frozenset()
    by = district.users[Role.SUPERVISOR]
    made = actions.begin_assessment(person=district.supervisor, version=version, year=factories.year(), by=by)
    one = version.elements.first()
    made = actions.save_assessment(assessment=made, revision=0, levels={one.pk: Level(2, "Mine.")}, by=by)
    cabinet = scope_of(district.users[Role.CABINET])
    assert saying.shared_by_supervisor(cabinet, district.supervisor.pk) == {}
    actions.share_assessment(assessment=made, by=by)
    assert [said.why for said in saying.shared_by_supervisor(cabinet, district.supervisor.pk).values()] == [
        "Mine."
    ]
    assert saying.shared_by_supervisor(scope_of(district.users[Role.HR]), district.supervisor.pk) == {}
    for name in ("record-new", "targets", "framework", "framework-versions", "focus"):
        assert sign_in(Role.CI_ADMINISTRATOR).get(reverse(f"instruction:{name}")).status_code == 200, name


def test_rest_saves_refuses_and_answers_conflicts(district, sign_in):
    version, client = leadership(district), sign_in(Role.PRINCIPAL)
    made = client.post(reverse("api-self-assessments"), {"version": str(version.uid)}, "application/json")
    assert made.status_code == 201
    uid, elements = made.json()["uid"], [one["element"] for one in made.json()["levels"]]
    page = reverse("api-self-assessment", kwargs={"uid": uid})

    def put(revision, *levels):
        return client.put(page, {"revision": revision, "levels": list(levels)}, "application/json")

    saved = put(0, {"element": elements[0], "level": 3, "why": "Seen."})
    assert (saved.status_code, saved.json()["revision"], saved.json()["levels"][0]["level"]) == (200, 1, 3)
    moved = put(0, {"element": elements[0], "level": 2})
    assert (moved.status_code, moved.json()["now"]["levels"][0]["level"]) == (409, 3)
    for wrong in (
        {"element": str(new_uid()), "level": 2},
        {"element": elements[0], "level": 7},
        {"element": elements[0], "level": None, "why": "x"},
        {"element": elements[0]},
    ):
        assert put(1, wrong).status_code == 400, wrong
    share = reverse("api-self-assessment-share", kwargs={"uid": uid})
    assert client.post(share).json()["shared_at"]
    assert client.delete(share).json()["shared_at"] is None
    assert [one["n_rated"] for one in client.get(reverse("api-self-assessments")).json()] == [1]
    assert sign_in(Role.SUPERVISOR).get(page).status_code == 404
    client = sign_in(Role.PRINCIPAL)
    now = client.get(page).json()["revision"]
    client.post(share)
    assert client.delete(f"{page}?revision={now + 1}").status_code == 409  # it is shared
    client.delete(share)
    assert [client.delete(page).status_code, client.delete(f"{page}?revision={now}").status_code] == [
        400,
        409,
    ]
    assert client.delete(f"{page}?revision={now + 2}").status_code == 204
    assert client.get(page).status_code == 404


def test_what_is_held_is_told_and_erased(district):
    from alignment_dash.access.models import Change
    from alignment_dash.access.persondata.models import Erasure
    from alignment_dash.access.persondata.registry import Subject
    from instruction.leadership.person_data import LEADERSHIP, SELF_ASSESSMENTS

    version = observed(district)
    run_job(version)
    made, by, person = begun(district, version), district.users[Role.PRINCIPAL], district.principals[0]
    one = version.elements.first()
    for revision, why in enumerate(("Alone.", "Still alone.")):
        made = actions.save_assessment(
            assessment=made, revision=revision, levels={one.pk: Level(2, why)}, by=by
        )
    subject = Subject(uid=person.uid, label="", person_id=person.pk, user_id=None, target=person)
    with all_rows(why="as the pages of person data do"):
        assert LEADERSHIP.count(subject) == 3
        assert len(list(LEADERSHIP.rows(subject))) == 3
        assert [row["why"] for row in SELF_ASSESSMENTS.rows(subject)] == [""]
        Erasure.objects.create(subject_uid=person.uid, person_id=person.pk, why="asked")
        assert SELF_ASSESSMENTS.erase(subject) == 1
        kept = Change.objects.filter(table_name="instruction_selfrating").values_list("before", flat=True)
        assert kept
        assert {row["why"] for row in kept} == {""}
    assert reached(scope_of(district.users[Role.HR])) == {}
