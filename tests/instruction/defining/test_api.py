"""Frameworks over REST: read, drafts in and out, publish and retire."""

import pytest
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.roles import Role
from instruction.models import FrameworkVersion
from tests.instruction.defining.drafts import draft_of

pytestmark = pytest.mark.django_db
LIST = reverse("api-framework-list")
JSON = {"content_type": "application/json"}


def address(version, name="api-framework-version"):
    return reverse(name, kwargs={"uid": version.uid})


def test_definition_goes_out_and_in_and_is_published(sign_in, district):
    client = sign_in(Role.CI_ADMINISTRATOR)
    definition = client.get(address(district.version)).json()["definition"]
    assert definition["dimensions"][0]["elements"][0]["code"] == "E1"
    assert client.post(LIST, definition, **JSON).status_code == 409
    definition |= {"label": "2", "first_school_year": schoolyear.current_year()}
    definition["dimensions"][0]["elements"][0] |= {"code": "A1", "carries": ["E1"]}
    made = client.post(LIST, definition, **JSON)
    assert made.status_code == 201
    draft = FrameworkVersion.objects.get(uid=made.json()["uid"])
    said = client.get(address(draft)).json()
    assert said["definition"] == definition
    changed = {"revision": said["revision"], "definition": {**definition, "proficient_level": 2}}
    assert client.put(address(draft), changed, **JSON).status_code == 200
    stale = client.put(address(draft), changed, **JSON)
    assert stale.status_code == 409
    assert "Someone else has changed this draft" in stale.json()["detail"]
    publish = address(draft, "api-framework-publish")
    assert client.post(publish, {"revision": said["revision"]}, **JSON).status_code == 409
    assert client.post(publish, {}, **JSON).json()["in_force"] is True
    assert (
        client.put(address(draft), {**changed, "revision": said["revision"] + 1}, **JSON).status_code == 409
    )
    assert client.post(address(district.version, "api-framework-retire")).json()["state"] == "retired"
    versions = client.get(
        reverse("api-framework-detail", kwargs={"uid": district.version.framework.uid})
    ).json()["versions"]
    assert [(one["label"], one["state"], one["in_force"]) for one in versions] == [
        ("2", "published", True),
        ("1", "retired", False),
    ]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"level_names": ["a", "b", "c"]}, "at least four proficiency levels"),
        ({"level_names": "abcd"}, "level_names: must be a list."),
        ({"name": 7}, "name: must be text"),
        ({"dimensions": [{"name": "x", "elements": [{"code": "a"}]}]}, "dimension 1, element 1, proximity: must be a whole number"),
        ({"dimensions": [{"name": "x", "elements": [{"code": "a", "proximity": 1, "carries": ["Q"]}]}]}, "Q is no element of an earlier version"),
        ({"dimensions": [7]}, "dimension 1: must have the fields name and elements."),
    ],
)  # fmt: skip
def test_wrong_definition_is_refused_with_its_place(sign_in, district, change, fault):
    client = sign_in(Role.CI_ADMINISTRATOR)
    definition = client.get(address(district.version)).json()["definition"] | {"label": "2"} | change
    answer = client.post(LIST, definition, **JSON)
    assert answer.status_code == 400
    assert fault in str(answer.json()["definition"])
    assert FrameworkVersion.objects.count() == 1


def test_incomplete_draft_is_not_published_and_says_why(sign_in, district):
    client = sign_in(Role.CI_ADMINISTRATOR)
    definition = client.get(address(district.version)).json()["definition"] | {"label": "2"}
    definition["dimensions"][0]["elements"][0]["levels"] = ["only one"]
    made = client.post(LIST, definition, **JSON).json()
    answer = client.post(reverse("api-framework-publish", kwargs={"uid": made["uid"]}), {}, **JSON)
    assert answer.status_code == 409
    assert answer.json()["reasons"][0].startswith(
        "Element 1 does not say what these levels look like: 2 (Developing)"
    )


def test_drafts_are_closed_to_who_may_not_read_them(sign_in, district):
    draft = draft_of(district)
    client = sign_in(Role.BOARD)
    assert client.get(address(draft)).status_code == 404
    assert [one["label"] for one in client.get(LIST).json()[0]["versions"]] == ["1"]
    assert len(sign_in(Role.TEACHER).get(LIST).json()[0]["versions"]) == 2
    assert client.post(LIST, {}, **JSON).status_code == 404
