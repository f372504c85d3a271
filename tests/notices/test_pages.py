"""The pages and the API of one's own notices."""

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from alignment_dash.access.persondata import registry as persondata
from alignment_dash.access.roles import Role
from alignment_dash.notices import actions
from alignment_dash.notices.models import Notice, NoticePreference
from alignment_dash.notices.person_data import OLD
from alignment_dash.notices.registry import Told
from tests import factories
from tests.access.test_acting import begin

pytestmark = pytest.mark.django_db


@pytest.fixture
def cabinet(client):
    user = factories.user(role=Role.CABINET)
    client.force_login(user)
    return user


@pytest.fixture
def told(kinds, cabinet, django_capture_on_commit_callbacks):
    """Tell them of these, by key, and nothing else."""

    def tell(*keys: str, kind: str = "plain", user=cabinet) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            actions.settle(
                kind=kinds[kind], told=[Told(user.pk, key, f"About {key}.", f"/{key}/") for key in keys]
            )

    return tell


def test_notices_open_end_and_come_again(told, cabinet, client):
    told("a", "b")
    first = Notice.objects.get(key="a")
    actions.mark_read(by=cabinet, uid=first.uid)
    told("a")
    assert Notice.objects.get(key="a", ended_at=None).read_at is not None
    assert Notice.objects.get(key="b").ended_at is not None
    page = client.get("/notices/").content.decode()
    assert page.index("About a.") < page.index("No longer so") < page.index("About b.")
    told("b")
    assert Notice.objects.filter(key="b").count() == 2
    Notice.objects.filter(ended_at__isnull=False).update(ended_at=timezone.now() - timedelta(days=91))
    assert "No longer so" not in client.get("/notices/").content.decode()


def test_count_in_the_frame_follows_reading_and_costs_a_query_once(
    told, cabinet, client, django_capture_on_commit_callbacks
):
    told("a", "b")
    cache.clear()
    asked = []
    for _time in range(2):
        with CaptureQueriesContext(connection) as found:
            assert "(2 not read)" in client.get("/who-sees-what").content.decode()
        asked.append(sum("notices_notice" in one["sql"] for one in found))
    assert asked == [1, 0]
    uid = Notice.objects.get(key="a").uid
    with django_capture_on_commit_callbacks(execute=True):
        assert client.post(f"/notices/{uid}/read/", follow=True).status_code == 200
    assert "(1 not read)" in client.get("/notices/").content.decode()
    with django_capture_on_commit_callbacks(execute=True):
        client.post("/notices/read/")
    assert "not read)" not in client.get("/notices/").content.decode()


def test_nobody_sees_or_marks_anothers_or_what_their_role_no_longer_opens(told, kinds, cabinet, client):
    told("mine", kind="grave")
    other = factories.user(role=Role.BOARD)
    told("theirs", user=other)
    told("closed", kind="grave", user=other)
    client.force_login(other)
    page = client.get("/notices/").content.decode()
    assert "About theirs." in page
    assert "About closed." not in page
    assert "(1 not read)" in page
    mine = Notice.objects.get(user=cabinet)
    assert client.post(f"/notices/{mine.uid}/read/").status_code == 404
    assert client.post(f"/api/v1/notices/{mine.uid}/read/").status_code == 404
    assert Notice.objects.get(pk=mine.pk).read_at is None
    assert client.get("/notices/preferences/").context["form"].fields.keys() == {"plain"}


def test_who_acts_as_someone_sees_and_marks_none_of_their_notices(kinds, district, client):
    helped = begin(client, district, Role.CABINET)
    actions.settle(kind=kinds["plain"], told=[Told(helped.pk, "a", "About a.", "/a/")])
    one = Notice.objects.get()
    assert 'class="bell"' not in client.get("/").text
    assert {
        client.get(url).status_code for url in ("/notices/", "/api/v1/notices/", "/notices/preferences/")
    } == {404}
    for url in ("/notices/read/", f"/notices/{one.uid}/read/", "/api/v1/notices/read/"):
        assert client.post(url).status_code == 404
    assert Notice.objects.get().read_at is None


def test_preferences_keep_what_was_chosen_and_only_that(kinds, cabinet, client):
    answer = client.post("/notices/preferences/", {"plain": "pages", "grave": "at-once"})
    assert answer.status_code == 302
    assert list(NoticePreference.objects.values_list("kind", "delivery")) == [("plain", "pages")]
    assert client.post("/notices/preferences/", {"plain": "nonsense", "grave": "at-once"}).status_code == 400


def test_api_lists_marks_and_sets(told, kinds, cabinet, client):
    told("a", "b")
    told("b")
    found = client.get("/api/v1/notices/?open=true&limit=1").json()
    assert (found["count"], found["results"][0]["text"]) == (1, "About b.")
    assert client.get("/api/v1/notices/?open=maybe").json()["open"] == ["Write true or false."]
    uid = found["results"][0]["uid"]
    assert client.post(f"/api/v1/notices/{uid}/read/").json()["read_at"] is not None
    assert client.post("/api/v1/notices/read/").json() == {"read": 1}
    url = "/api/v1/notice-preferences/"
    sent = {"kinds": [{"kind": "plain", "delivery": "pages"}]}
    said = client.put(url, sent, content_type="application/json").json()
    assert said["mail_is_set_up"] is False
    assert {one["kind"]: (one["delivery"], one["is_own"]) for one in said["kinds"]} == {
        "plain": ("pages", True),
        "grave": ("at-once", False),
    }
    for wrong in ({"kind": "none", "delivery": "pages"}, {"kind": "plain", "delivery": "never"}):
        assert client.put(url, {"kinds": [wrong]}, content_type="application/json").status_code == 400


def test_notices_of_a_person_are_exported_erased_and_removed_after_a_time(told, cabinet):
    told("a", "b")
    told("a")
    subject = persondata.Subject(
        uid=cabinet.uid, label="", person_id=None, user_id=cabinet.pk, target=cabinet
    )
    holding = next(one for one in persondata.holdings() if one.key == "notices")
    assert [row["text"] for row in holding.rows(subject)] == ["About a.", "About b."]
    assert OLD.remove(timezone.now()) == 1
    assert holding.erase(subject) == 1
    assert not Notice.objects.exists()
