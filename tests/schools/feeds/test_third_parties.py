"""The tests' provider is one that others' clients can read: only then does it prove anything about ours.

What each test stands on was written by others: a OneRoster 1.1 client of user synchronization (OAuth 1.0a), a
client made from the official 1.1 OpenAPI (whose records refuse what the standard requires and is missing), a
OneRoster 1.2 client, and the facts of the official 1.2 OpenAPI.
"""

import asyncio
import json
import warnings
from typing import Any
from urllib.request import Request, urlopen

import pytest
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

from tests.schools.feeds.official_shapes import faults
from tests.schools.feeds.provider_server import CLIENT, SECRET, ProviderServer, serving
from tests.schools.feeds.sample_district import sample

COLLECTIONS = ("orgs", "academicSessions", "courses", "classes", "enrollments", "users")


def _token(server: ProviderServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """A token as requests-oauthlib gets one, by HTTP Basic and client credentials."""
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "1")
    with OAuth2Session(client=BackendApplicationClient(client_id=CLIENT)) as session:
        return str(session.fetch_token(server.token_url, auth=(CLIENT, SECRET))["access_token"])


@pytest.mark.parametrize("collection", COLLECTIONS)
def test_provider_answers_as_the_official_description_of_1_2_says(
    collection: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(sample("1.2")) as server:
        token = _token(server, monkeypatch)
        request = Request(
            f"{server.base}/{collection}?limit=500", headers={"Authorization": f"Bearer {token}"}
        )
        with urlopen(request) as answer:
            body = json.load(answer)
    assert set(body) == {collection}
    assert len(body[collection]) == len(server.sample.collections[collection])
    assert {fault for record in body[collection] for fault in faults(collection, record)} == set()


def test_description_of_1_2_finds_what_does_not_conform() -> None:
    record = {
        "sourcedId": "1",
        "status": "inactive",
        "dateLastModified": "yesterday",
        "name": "A",
        "kind": "school",
    }
    assert set(faults("orgs", record)) == {
        "type is missing", "identifier is missing", "kind is not allowed", "status", "dateLastModified",
    }  # fmt: skip


def test_anothers_1_1_client_reads_every_user_by_oauth_1() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it compares a number by "is"
        from oneroster.classlink import ClasslinkConnector
    with serving(sample("1.1")) as server:
        client = ClasslinkConnector(f"{server.base}/", CLIENT, SECRET, page_size=7)
        users = client.get_users(user_filter="users")
        assert users == server.sample.collections["users"]
        assert len(client.get_users(user_filter="teachers")) == 8
        assert all(one.headers["Authorization"].startswith("OAuth ") for one in server.asked)
        with pytest.raises(Exception, match="401"):
            ClasslinkConnector(f"{server.base}/", CLIENT, "wrong").get_users(user_filter="users")


@pytest.mark.parametrize(
    ("collection", "api", "verb"),
    [
        ("orgs", "OrgsManagementApi", "get_orgs"),
        ("academicSessions", "AcademicSessionsManagementApi", "get_academic_sessions"),
        ("courses", "CoursesManagementApi", "get_courses"),
        ("classes", "ClassesManagementApi", "get_classes"),
        ("enrollments", "EnrollmentsManagementApi", "get_enrollments"),
        ("users", "UsersManagementApi", "get_users"),
    ],
)
def test_client_made_from_the_official_1_1_openapi_reads_every_collection(
    collection: str, api: str, verb: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import oneroster_client
    with serving(sample("1.1")) as server:
        settings = oneroster_client.Configuration()
        settings.host = server.base
        settings.access_token = _token(server, monkeypatch)
        client = oneroster_client.ApiClient(settings)
        try:
            answer = getattr(getattr(oneroster_client, api)(client), verb)(limit=1000, offset=0)
        finally:
            client.rest_client.pool_manager.clear()
    records = next(value for value in answer.to_dict().values() if isinstance(value, list))
    expected = server.sample.collections[collection]
    assert [record["sourced_id"] for record in records] == [record["sourcedId"] for record in expected]
    assert {record["status"] for record in records} == {"active"}


def test_anothers_1_2_client_reads_every_collection_by_oauth_2() -> None:
    timeback = pytest.importorskip("timeback_oneroster")
    with serving(sample("1.2", principals=False), cap=20) as server:
        found: dict[str, list[Any]] = asyncio.run(_read_all(timeback, server))
    for name, records in found.items():
        expected = server.sample.collections[name]
        assert [one.sourced_id for one in records] == [one["sourcedId"] for one in expected], name


async def _read_all(timeback: Any, server: ProviderServer) -> dict[str, list[Any]]:
    client = timeback.OneRosterClient(
        base_url=server.host, auth_url=server.token_url, client_id=CLIENT, client_secret=SECRET
    )
    try:
        return {
            name: [record async for record in resource.stream()]
            for name, resource in {
                "orgs": client.orgs,
                "academicSessions": client.academic_sessions,
                "courses": client.courses,
                "classes": client.classes,
                "enrollments": client.enrollments,
                "users": client.users,
            }.items()
        }
    finally:
        await client.close()
