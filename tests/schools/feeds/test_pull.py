"""Pulling a provider's roster: what arrives is what the provider holds, and what moves ends nothing."""

import io
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from schools.feeds.failures import FeedFailed, SetMoved, SignInRefused
from schools.feeds.provider import Provider, Seen, base_url
from schools.feeds.pull import Pulled, pull
from schools.rosters.manifest import Mode
from schools.rosters.reader import Options, read_roster
from tests.schools.feeds.conftest import files_of
from tests.schools.feeds.provider_server import Asked, ProviderServer, Reply, serving
from tests.schools.feeds.sample_district import BEGINS, head, ref, sample

Client = Callable[..., Provider]


def pulled_from(
    client: Provider, version: str = "1.2", since: datetime | None = None
) -> tuple[Pulled, dict[str, Any]]:
    file = io.BytesIO()
    pulled = pull(client, file, version=version, system_name="Test SIS", system_code="sis", since=since)
    return pulled, files_of(file.getvalue())


def test_roster_of_1_2_arrives_row_for_row(server: ProviderServer, client_of: Client) -> None:
    pulled, files = pulled_from(client_of(server))
    held = server.sample.collections
    assert set(pulled.modes.values()) == {"bulk"}
    assert {name: len(files[name]) for name in held} == {name: len(rows) for name, rows in held.items()}
    assert {row["sourcedId"]: row["name"] for row in files["orgs"]} == {
        one["sourcedId"]: one["name"] for one in held["orgs"]
    }
    user = server.sample.of("users", "p-s00")
    row = next(row for row in files["users"] if row["sourcedId"] == "p-s00")
    assert row["preferredGivenName"] == user["preferredFirstName"]
    assert (row["primaryOrgSourcedId"], row["identifier"], row["familyName"]) == (
        "s00",
        "005",
        "O'Neil, p-s00",
    )
    assert [
        (role["role"], role["roleType"], role["orgSourcedId"], role["beginDate"])
        for role in files["roles"]
        if role["userSourcedId"] == "p-s00"
    ] == [("principal", "primary", "s00", BEGINS), ("teacher", "secondary", "d1", "")]
    assert {
        (row["classSourcedId"], row["userSourcedId"], row["role"], row["primary"], row["beginDate"])
        for row in files["enrollments"]
    } == {
        (
            one["class"]["sourcedId"],
            one["user"]["sourcedId"],
            one["role"],
            one.get("primary", ""),
            one["beginDate"],
        )
        for one in held["enrollments"]
    }
    assert {row["termSourcedIds"] for row in files["classes"]} == {"t1"}
    assert {(row["status"], row["dateLastModified"]) for row in files["users"]} == {("", "")}


@pytest.mark.parametrize("signature", ["HMAC-SHA256", "HMAC-SHA1", ""])
def test_roster_of_1_1_arrives_by_every_sign_in(signature: str, client_of: Client) -> None:
    with serving(sample("1.1")) as server:
        pulled, files = pulled_from(client_of(server, oauth1=signature), "1.1")
    assert set(pulled.modes.values()) == {"bulk"}
    assert files["manifest"][0]["oneroster.version"] == "1.1"
    assert {(row["sourcedId"], row["role"], row["orgSourcedIds"]) for row in files["users"]} == {
        (one["sourcedId"], one["role"], one["orgs"][0]["sourcedId"])
        for one in server.sample.collections["users"]
    }
    assert "roles" not in files


@pytest.mark.parametrize("version", ["1.1", "1.2"])
def test_bundle_is_what_the_standard_asks_for_to_the_letter(version: str, client_of: Client) -> None:
    # A principal of 1.1 is an "administrator", which waits for a word from the district.
    with serving(sample(version, principals=version == "1.2")) as server:
        for since in (None, datetime(2026, 7, 1, tzinfo=UTC)):
            file = io.BytesIO()
            pull(client_of(server), file, version=version, system_name="SIS", system_code="sis", since=since)
            read = read_roster(file, options=Options(strict=True))
            assert [(group.code, group.files) for group in read.findings.groups()] == []
            assert set(read.modes.values()) == {
                Mode.ABSENT, Mode.BULK if since is None else Mode.DELTA
            }  # fmt: skip


def test_passwords_and_contacts_are_left_behind(server: ProviderServer, client_of: Client) -> None:
    _pulled, files = pulled_from(client_of(server))
    text = json.dumps(files)
    assert "never-take-this" not in text
    assert "555-0100" not in text
    assert all("demographics" not in one.path for one in server.asked)


def test_metadata_that_is_text_becomes_columns(server: ProviderServer, client_of: Client) -> None:
    _pulled, files = pulled_from(client_of(server))
    assert [row["metadata.region"] for row in files["orgs"]] == ["", "south", "north"]
    assert "metadata.seats" not in files["orgs"][0]


def test_equal_records_make_equal_bytes(server: ProviderServer, client_of: Client) -> None:
    made = []
    for page in (7, 1000):
        file = io.BytesIO()
        pull(client_of(server, page=page), file, version="1.2", system_name="Test SIS", system_code="sis")
        made.append(file.getvalue())
    assert made[0] == made[1]


@pytest.mark.parametrize(("counts", "links"), [(False, True), (True, False), (False, False)])
def test_roster_arrives_whole_whatever_the_provider_says_of_its_pages(
    counts: bool, links: bool, server: ProviderServer, client_of: Client
) -> None:
    server.counts, server.links, server.cap = counts, links, 10
    pulled, files = pulled_from(client_of(server, page=50))
    assert set(pulled.modes.values()) == {"bulk"}
    assert len(files["users"]) == len(server.sample.collections["users"])


@pytest.mark.parametrize("links", [True, False])
@pytest.mark.parametrize("cap", [10, 10_000])
def test_count_of_one_page_is_not_taken_for_the_count_of_all(
    cap: int, links: bool, server: ProviderServer, client_of: Client
) -> None:
    server.counts_pages, server.links, server.cap = True, links, cap
    pulled, files = pulled_from(client_of(server))
    assert len(files["users"]) == len(server.sample.collections["users"]) == 70
    assert set(pulled.modes.values()) == {"bulk"}


def test_provider_that_says_more_follows_at_the_end_is_not_taken_for_whole(
    server: ProviderServer, client_of: Client
) -> None:
    server.links_on = True
    pulled, _files = pulled_from(client_of(server))
    assert "bulk" not in pulled.modes.values()
    assert pulled.cursor is None
    assert "The provider says that there are more users and does not give them." in pulled.notes


def test_provider_that_neither_sorts_nor_gives_pages_as_large_as_asked_is_not_taken_for_whole(
    server: ProviderServer, client_of: Client
) -> None:
    server.sorts, server.cap = False, 30
    server.sample.collections["users"].reverse()
    pulled, _files = pulled_from(client_of(server, page=1000))
    assert pulled.modes["users"] == "delta"


def test_incremental_pull_asks_for_what_changed_and_states_no_more(
    server: ProviderServer, client_of: Client
) -> None:
    changed, gone = (
        server.sample.of("users", "t-s00-001"),
        server.sample.of("enrollments", "e-k-s00-000-u-s00-0001"),
    )
    changed |= {"dateLastModified": "2026-09-02T08:00:00.000Z", "familyName": "Married"}
    gone |= {"dateLastModified": "2026-09-02T08:00:01.000Z", "status": "tobedeleted"}
    pulled, files = pulled_from(client_of(server), since=datetime(2026, 9, 1, tzinfo=UTC))
    assert {name for name, mode in pulled.modes.items() if mode != "absent"} == {
        "users",
        "roles",
        "enrollments",
    }
    assert files["manifest"][0]["file.users"] == "delta"
    assert [(row["familyName"], row["status"], row["dateLastModified"]) for row in files["users"]] == [
        ("Married", "active", "2026-09-02T08:00:00.000Z")
    ]
    assert [(row["sourcedId"], row["status"]) for row in files["enrollments"]] == [
        ("e-k-s00-000-u-s00-0001", "tobedeleted")
    ]
    assert pulled.cursor is not None


def test_incremental_pull_of_nothing_is_empty_and_still_moves_on(
    server: ProviderServer, client_of: Client
) -> None:
    pulled, _files = pulled_from(client_of(server), since=datetime(2026, 10, 1, tzinfo=UTC))
    assert pulled.empty
    assert pulled.cursor is not None
    assert timedelta() < datetime.now(UTC) - pulled.cursor < timedelta(minutes=15)


def _drop_once(server: ProviderServer, collection: str, sourced_id: str, *, always: bool = False) -> None:
    """Remove a record that was read already while the next page is on its way; with `always` at every reading."""
    records = server.sample.collections[collection]
    whole = list(records)

    def after(asked: Asked) -> None:
        if not asked.path.endswith(f"/{collection}"):
            return
        if int(asked.query["offset"]) == 0 and (always or len(records) == len(whole)):
            records[:] = [one for one in whole if one["sourcedId"] != sourced_id]
        elif always:
            records[:] = whole

    server.after = after


def test_pages_that_move_once_are_read_again(server: ProviderServer, client_of: Client) -> None:
    _drop_once(server, "users", "u-s00-0000")
    server.sample.collections["enrollments"][:] = [
        one for one in server.sample.collections["enrollments"] if one["user"]["sourcedId"] != "u-s00-0000"
    ]
    pulled, files = pulled_from(client_of(server))
    assert set(pulled.modes.values()) == {"bulk"}
    assert {row["sourcedId"] for row in files["users"]} == {
        one["sourcedId"] for one in server.sample.collections["users"]
    }


def test_pages_that_go_on_moving_state_nothing_whole_and_keep_the_cursor(
    server: ProviderServer, client_of: Client
) -> None:
    _drop_once(server, "enrollments", "e-k-s00-000-t-s00-000", always=True)
    pulled, files = pulled_from(client_of(server))
    assert files["manifest"][0]["file.enrollments"] == "delta"
    assert files["manifest"][0]["file.users"] == "bulk"
    assert {row["status"] for row in files["enrollments"]} == {"active"}
    assert pulled.cursor is None
    assert any("moved" in note or "removed" in note for note in pulled.notes)


def test_record_that_comes_and_one_that_goes_in_the_same_moment_are_noticed(
    server: ProviderServer, client_of: Client
) -> None:
    users = server.sample.collections["users"]
    late = dict(users[-1]) | {"sourcedId": "zz-new"}

    def after(asked: Asked) -> None:  # the count stays as it was, and one record slips between two pages
        if asked.path.endswith("/users") and len(users) == 70 and users[0]["sourcedId"] == "p-s00":
            users.pop(0)
            users.append(late)

    server.after = after
    seen = Seen()
    list(client_of(server).read("users", seen))
    assert seen.moved
    assert not seen.complete


def test_provider_that_does_not_sort_is_not_taken_for_whole(
    server: ProviderServer, client_of: Client
) -> None:
    server.sorts = False
    server.sample.collections["users"].reverse()
    pulled, _files = pulled_from(client_of(server))
    assert pulled.modes["users"] == "delta"
    assert any("does not sort users" in note for note in pulled.notes)


def test_provider_that_counts_more_than_it_gives_is_not_taken_for_whole(
    server: ProviderServer, client_of: Client
) -> None:
    users = json.dumps({"users": server.sample.collections["users"][:5]}).encode()
    server.fault = lambda asked: (
        Reply(200, users if asked.query["offset"] == "0" else b'{"users": []}', {"X-Total-Count": "70"})
        if asked.path.endswith("/users")
        else None
    )
    pulled, _files = pulled_from(client_of(server))
    assert pulled.modes["users"] == "delta"
    assert pulled.cursor is None


def test_collection_that_is_empty_is_no_statement(server: ProviderServer, client_of: Client) -> None:
    server.sample.collections["enrollments"].clear()
    pulled, files = pulled_from(client_of(server))
    assert pulled.modes["enrollments"] == "absent"
    assert "enrollments" not in files


def test_records_that_refer_to_none_fail_after_a_second_try(
    server: ProviderServer, client_of: Client
) -> None:
    server.sample.collections["users"] = [
        one for one in server.sample.collections["users"] if one["sourcedId"] != "t-s00-000"
    ]
    with pytest.raises(SetMoved, match=r"1 users"):
        pulled_from(client_of(server))
    assert sum(one.path.endswith("/orgs") and one.query["offset"] == "0" for one in server.asked) == 2


def test_person_who_comes_while_we_read_is_seen_or_not_referred_to(
    server: ProviderServer, client_of: Client
) -> None:
    held = server.sample.collections

    def after(asked: Asked) -> None:
        if (
            asked.path.endswith("/classes") and len(held["users"]) == 70
        ):  # after the enrollments, before the users
            held["users"].append(dict(held["users"][-1]) | {"sourcedId": "u-s99"})
            held["enrollments"].append(
                head("e-s99", **{"class": ref("classes", "k-s00-000")}, user=ref("users", "u-s99"),
                     school=ref("orgs", "s00"), role="student")
            )  # fmt: skip

    server.after = after
    pulled, files = pulled_from(client_of(server))
    assert set(pulled.modes.values()) == {"bulk"}
    assert any(row["sourcedId"] == "u-s99" for row in files["users"])


def test_provider_that_refuses_large_pages_is_asked_for_small_ones(
    server: ProviderServer, client_of: Client
) -> None:
    server.fault = lambda asked: Reply(400) if int(asked.query.get("limit", 0)) > 100 else None
    pulled, files = pulled_from(client_of(server, page=1000))
    assert set(pulled.modes.values()) == {"bulk"}
    assert len(files["enrollments"]) == 158
    assert sum(one.query.get("limit") == "1000" for one in server.asked) == 1


def test_token_that_ends_in_the_middle_is_asked_for_anew(server: ProviderServer, client_of: Client) -> None:
    def after(asked: Asked) -> None:
        if asked.path.endswith("/classes") and asked.query["offset"] == "0":
            server.rules.tokens.clear()

    server.after = after
    pulled, _files = pulled_from(client_of(server))
    assert set(pulled.modes.values()) == {"bulk"}
    assert sum(one.method == "POST" for one in server.asked) == 2


def test_sign_in_that_is_refused_twice_is_said(server: ProviderServer, client_of: Client) -> None:
    server.fault = lambda asked: None if asked.method == "POST" else Reply(401)
    with pytest.raises(SignInRefused, match="does not accept our sign-in"):
        pulled_from(client_of(server))
    assert len(server.asked) == 4


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b'{"error": "invalid_client"}', 401, "does not know this client id"),
        (b'{"error": "invalid_scope"}', 400, "does not grant the scope"),
        (b"<html>login</html>", 403, r"refused to sign us in \(403\)"),
        (b"<html>login</html>", 200, "did not answer with a token"),
        (b'["no", "token"]', 200, "did not answer with a token"),
        (b"[" * 100_000, 200, "did not answer with a token"),
    ],
)
def test_refused_token_is_explained(
    body: bytes, status: int, words: str, server: ProviderServer, client_of: Client
) -> None:
    server.fault = lambda asked: Reply(status, body)
    with pytest.raises(SignInRefused, match=words):
        client_of(server).test()


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (b"<html>", 200, "is not JSON"),
        (b"\xff\xfe", 200, "is not JSON"),
        (b"[" * 200_000, 200, "is not JSON"),
        (b'{"orgs": "none"}', 200, "no list of records"),
        (b'{"orgs": ["a", 1]}', 200, "no list of records"),
        (b"[]", 200, "no list of records"),
        (b"gone", 404, "does not have orgs"),
        (b"teapot", 418, "status 418"),
        (
            (
                b'{"imsx_codeMajor": "failure", "imsx_severity": "error", "imsx_description": "s3cr&t", "imsx_CodeMinor":'
                b' {"imsx_codeMinorField": [{"imsx_codeMinorFieldValue": "invalid_filter_field"}]}}'
            ),
            400,
            "cannot filter orgs by date",
        ),
    ],
)
def test_answer_that_is_no_page_is_explained(
    body: bytes, status: int, words: str, server: ProviderServer, client_of: Client
) -> None:
    server.fault = lambda asked: Reply(status, body) if asked.method == "GET" else None
    with pytest.raises(FeedFailed, match=words) as failure:
        client_of(server).test()
    assert "s3cr" not in str(failure.value)


def test_record_without_an_id_keeps_a_collection_from_being_whole(
    server: ProviderServer, client_of: Client
) -> None:
    page = json.dumps({"orgs": [*server.sample.collections["orgs"], {"name": "Nobody"}]}).encode()
    server.fault = lambda asked: (
        Reply(200, page)
        if asked.path.endswith("/orgs") and asked.query["offset"] == "0"
        else (Reply(200, b'{"orgs": []}') if asked.path.endswith("/orgs") else None)
    )
    pulled, _files = pulled_from(client_of(server))
    assert pulled.modes["orgs"] == "delta"


@pytest.mark.parametrize(
    ("entered", "version", "expected"),
    [
        ("https://sis.example.org", "1.2", "https://sis.example.org/ims/oneroster/rostering/v1p2"),
        (
            "https://sis.example.org/ims/oneroster/",
            "1.2",
            "https://sis.example.org/ims/oneroster/rostering/v1p2",
        ),
        ("https://h/a/ims/oneroster/rostering", "1.2", "https://h/a/ims/oneroster/rostering/v1p2"),
        ("https://h/learningdata/v1p1", "1.1", "https://h/learningdata/v1p1"),
        ("https://h", "1.1", "https://h/ims/oneroster/v1p1"),
    ],
)
def test_address_is_found_from_what_was_entered(entered: str, version: str, expected: str) -> None:
    assert base_url(entered, version) == expected
