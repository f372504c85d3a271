"""Programs that sign in: what the token address answers, what a token opens, and when it ends."""

from datetime import timedelta
from types import SimpleNamespace
from urllib.parse import quote

import pytest
from django.conf import settings
from django.contrib.auth import authenticate
from django.core.cache import cache, caches
from django.core.management import CommandError, call_command
from django.urls import get_resolver, resolve, reverse
from django.utils import timezone
from knox.models import AuthToken
from oauthlib.oauth2 import BackendApplicationClient
from requests_oauthlib import OAuth2Session

from alignment_dash.access import throttles
from alignment_dash.access.api import MayReach, OwnOfPrograms, is_for_people
from alignment_dash.access.clients import actions
from alignment_dash.access.clients.models import ApiClient, ClientSecret
from alignment_dash.access.models import AuditEvent
from alignment_dash.access.policy import MACHINE_POLICY, Action, Data, MachineScope
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of_machine
from alignment_dash.access.words import KINDS
from alignment_dash.notices.api import IsPerson
from alignment_dash.schoolyear import today
from tests.access.programs import FORM, TOKEN, ask, basic, bearer, program
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db
ABOUT_PERSONS = [Data.PERSON_EVIDENCE, Data.PERSON_DATA, Data.RATER_SEVERITY, Data.STAFF_LIST, Data.AUDIT]
ROSTERS = "/api/v1/roster-imports/"
CAPACITY = "/api/v1/capacity/"


def test_program_that_shows_its_secret_gets_a_token_for_an_hour(client):
    one = program()
    for headers, more in [
        (one.basic, ""),
        ({}, f"&client_id={one.client.uid}&client_secret={quote(one.secret)}"),
        (one.basic, f"&client_id={one.client.uid}"),
    ]:
        answer = ask(client, f"grant_type=client_credentials{more}", headers)
        assert answer.status_code == 200
        said = answer.json()
        assert (said["token_type"], said["expires_in"], said["scope"]) == ("Bearer", 3600, "roster:write")
        assert answer["Cache-Control"] == "no-store"
        assert answer["Pragma"] == "no-cache"
        assert (
            client.get(ROSTERS, headers={"Authorization": f"Bearer {said['access_token']}"}).status_code
            == 200
        )
    named = AuditEvent.objects.filter(
        act="client.sign-in", target_id=str(one.client.uid), by_label=one.client.name
    )
    assert named.count() == 3


def test_what_is_no_token_request_is_refused_as_the_standard_says(client):
    one, grant = program(), "grant_type=client_credentials"
    wrong = basic(str(one.client.uid), one.secret + "x")
    for body, headers, status, error in [
        (grant, {}, 401, "invalid_client"),
        (grant, wrong, 401, "invalid_client"),
        (grant, basic("nobody", one.secret), 401, "invalid_client"),
        (grant, {"Authorization": "Basic %%%"}, 401, "invalid_client"),
        (grant, {"Authorization": "Basic " + "\u00ff"}, 401, "invalid_client"),
        (grant, {"Authorization": "Bearer x"}, 401, "invalid_client"),
        (f"{grant}&client_id={one.client.uid}&client_secret=%00", {}, 401, "invalid_client"),
        (f"{grant}&client_secret=x", one.basic, 400, "invalid_request"),
        (f"{grant}&client_id=another", one.basic, 400, "invalid_request"),
        (f"{grant}&client_id=a&client_id=b", one.basic, 400, "invalid_request"),
        (f"{grant}&{grant}", one.basic, 400, "invalid_request"),
        ("", one.basic, 400, "invalid_request"),
        ("grant_type=password", one.basic, 400, "unsupported_grant_type"),
        ("grant_type=client_credentials&scope=everything", one.basic, 400, "invalid_scope"),
        ("grant_type=client_credentials&scope=aggregates:read", one.basic, 400, "invalid_scope"),
        ("x=" + "y" * 9000, one.basic, 400, "invalid_request"),
    ]:
        answer = ask(client, body, headers)
        assert (answer.status_code, answer.json()["error"]) == (status, error), body[:60]
        assert answer["Cache-Control"] == "no-store"
        assert answer.has_header("WWW-Authenticate") == (status == 401)
    for url, content_type in [(TOKEN, "application/json"), (f"{TOKEN}?x=%zz", FORM)]:
        answer = client.post(
            url, "grant_type=client_credentials", content_type=content_type, headers=one.basic
        )
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")
    assert client.get(TOKEN).status_code == 405
    assert not AuthToken.objects.exists()


def test_another_libraries_client_gets_a_token(client, live_server_requests):
    one = program()
    session = OAuth2Session(client=BackendApplicationClient(str(one.client.uid)))
    live_server_requests(session)
    token = session.fetch_token(
        f"https://testserver{TOKEN}", client_id=str(one.client.uid), client_secret=one.secret
    )
    assert token["expires_in"] == 3600


@pytest.fixture
def live_server_requests(client):
    """Send what a requests session sends to the product itself."""
    from requests import Response
    from requests.adapters import BaseAdapter

    class Adapter(BaseAdapter):
        def send(self, request, **_given):
            headers = {name: value for name, value in request.headers.items() if name != "Content-Length"}
            answer = client.post(
                TOKEN, request.body or "", content_type=headers.pop("Content-Type"), headers=headers
            )
            said = Response()
            said.status_code, said._content, said.request = answer.status_code, answer.content, request
            said.headers.update(answer.headers)
            return said

        def close(self):
            pass

    return lambda session: session.mount("https://", Adapter())


def test_token_opens_what_the_policy_of_its_scopes_says_and_nothing_else(district, client):
    one = program(*MachineScope, rate=6000)
    tokens = {scope: bearer(client, one, scope) for scope in MachineScope}
    for route in ROUTES:
        if not route.name.startswith("api-") or route.public:
            continue
        url = reverse(route.name, kwargs=route.kwargs(district)) + route.query
        action = route.action or (Action.VIEW if route.method == "get" else Action.CHANGE)
        for scope, headers in tokens.items():
            status = getattr(client, route.method)(url, route.body(district), headers=headers).status_code
            if route.name == "api-docs":
                assert status == 302, "a page opens to no program"
            elif is_for_people(view := resolve(url.partition("?")[0]).func.cls, route.method.upper()):
                assert status == 404, "a decision is a person's"
            elif IsPerson in view.permission_classes:
                assert status == 404, "a person's own is not a program's"
            elif OwnOfPrograms in view.permission_classes:
                assert status == 404, "what others sent is not a program's"
            elif route.data is None or (route.data, action) in MACHINE_POLICY[scope]:
                assert status not in {401, 404}, (route.label, scope)
            else:
                assert status == 404, (route.label, scope)
    pages = [route for route in ROUTES if route.page and not route.public]
    for route in pages[:5]:
        answer = client.get(
            reverse(route.name, kwargs=route.kwargs(district)), headers=tokens[MachineScope.ROSTER_WRITE]
        )
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("login"))


def test_every_view_of_the_api_asks_for_the_scope():
    open_to_who_signs_in = {"api-schema", "api-oauth-token"}
    closed = {
        one.name
        for one in _api_views(get_resolver().url_patterns)
        # Or for whose they are, where what someone is told is theirs alone.
        if {MayReach, IsPerson} & set(one.callback.cls.permission_classes)
    }
    assert {one.name for one in _api_views(get_resolver().url_patterns)} - closed == open_to_who_signs_in


def _api_views(patterns):
    for one in patterns:
        if hasattr(one, "url_patterns"):
            yield from _api_views(one.url_patterns)
        elif hasattr(one.callback, "cls"):
            yield one


def test_narrower_token_is_narrower_and_follows_what_the_program_loses(district, client):
    one = program(MachineScope.ROSTER_WRITE, MachineScope.AGGREGATES_READ)
    narrow, wide = bearer(client, one, "aggregates:read"), bearer(client, one)
    assert client.get(ROSTERS, headers=narrow).status_code == 404
    assert client.get(ROSTERS, headers=wide).status_code == 200
    fields = {"name": one.client.name, "rate": 120, "expires_on": one.client.expires_on, "by": None}
    actions.change_client(client=one.client, scopes=[MachineScope.AGGREGATES_READ], **fields)
    assert client.get(ROSTERS, headers=wide).status_code == 404


def test_token_ends_with_its_hour_its_program_and_its_account(client):
    one = program()
    headers = bearer(client, one)
    AuthToken.objects.update(expiry=timezone.now())
    answer = client.get(ROSTERS, headers=headers)
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"] == 'Bearer realm="api", error="invalid_token"'
    headers = bearer(client, one)
    assert AuthToken.objects.count() == 1, "tokens that ended are cleared"
    ApiClient.objects.update(expires_on=today() - timedelta(days=1))
    assert client.get(ROSTERS, headers=headers).status_code == 401
    assert ask(client, headers=one.basic).status_code == 401
    ApiClient.objects.update(expires_on=today())
    assert client.get(ROSTERS, headers=headers).status_code == 200
    actions.disable_client(client=one.client, by=None)
    assert client.get(ROSTERS, headers=headers).status_code == 401
    assert ask(client, headers=one.basic).status_code == 401
    assert not AuthToken.objects.exists()


def test_token_of_a_program_that_is_no_clients_opens_nothing(client):
    one = program()
    _row, token = AuthToken.objects.create(user=one.client.user)
    assert client.get(ROSTERS, headers={"Authorization": f"Token {token}"}).status_code == 401


def test_two_secrets_work_while_one_replaces_the_other(client):
    one = program()
    headers = bearer(client, one)
    second = actions.rotate_secret(client=one.client, overlap=timedelta(days=1), by=None)
    assert [
        ask(client, headers=basic(str(one.client.uid), it)).status_code for it in (one.secret, second)
    ] == [200, 200]
    assert client.get(ROSTERS, headers=headers).status_code == 200
    third = actions.rotate_secret(client=one.client, overlap=timedelta(days=1), by=None)
    tried = (one.secret, second, third)
    assert [ask(client, headers=basic(str(one.client.uid), it)).status_code for it in tried] == [
        401,
        200,
        200,
    ]
    ClientSecret.objects.exclude(ends_at=None).update(ends_at=timezone.now())
    assert ask(client, headers=basic(str(one.client.uid), second)).status_code == 401
    last = actions.rotate_secret(client=one.client, overlap=timedelta(0), by=None)
    assert [ask(client, headers=basic(str(one.client.uid), it)).status_code for it in (third, last)] == [
        401,
        200,
    ]
    assert client.get(ROSTERS, headers=headers).status_code == 401


def test_no_secret_and_no_token_is_kept(client):
    one = program()
    token = bearer(client, one)["Authorization"].split()[1]
    kept = repr(
        [
            *ClientSecret.objects.values(),
            *AuthToken.objects.values_list("digest", "user__password"),
            *AuditEvent.objects.values(),
        ]
    )
    assert one.secret not in kept
    assert token not in kept


def test_program_signs_in_to_no_page_and_is_no_person(client):
    one = program()
    user = one.client.user
    assert not user.has_usable_password()
    assert authenticate(username=user.email, password="") is None
    client.force_login(user)
    assert client.get("/").status_code == 302
    with pytest.raises(CommandError):
        call_command("create_token", user.email)
    scope = scope_of_machine(user.pk, frozenset(MachineScope))
    assert (scope.roles, scope.person_id) == (frozenset(), None)
    assert not any(scope.may(data, action) for data in ABOUT_PERSONS for action in Action)


def test_program_asks_as_often_as_its_rate_says(client):
    one, other = program(rate=3), program(rate=3)
    headers = bearer(client, one)
    assert [client.get(ROSTERS, headers=headers).status_code for _ in range(4)] == [200, 200, 200, 429]
    answer = client.get(ROSTERS, headers=bearer(client, one))
    assert answer.status_code == 429, "another token of it is the same program"
    assert 0 < int(answer["Retry-After"]) <= 60
    assert client.get(ROSTERS, headers=bearer(client, other)).status_code == 200


def test_costly_routes_have_a_limit_of_their_own(sign_in, monkeypatch):
    monkeypatch.setitem(throttles.CostlyThrottle.THROTTLE_RATES, "costly", "2/min")
    client = sign_in(Role.DATA_ADMINISTRATOR)
    assert [client.post(ROSTERS, {}).status_code for _ in range(3)] == [400, 400, 429]
    assert client.get(ROSTERS).status_code == 200


def test_guessing_is_slowed_by_address_and_client_id(client):
    one = program()
    wrong = basic(str(one.client.uid), "guess")
    statuses = [ask(client, headers=wrong).status_code for _ in range(11)]
    assert statuses == [401] * 10 + [429]
    answer = ask(client, headers=one.basic)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) <= 60
    away = {"REMOTE_ADDR": "192.0.2.7"}
    assert (
        client.post(TOKEN, "grant_type=client_credentials", FORM, headers=one.basic, **away).status_code
        == 200
    )
    failed = AuditEvent.objects.filter(act="client.sign-in.failed")
    assert failed.count() == 10
    assert "guess" not in repr(list(failed.values()))


def test_turn_of_the_clock_lets_no_more_through(monkeypatch):
    clock = iter((119.99, 119.99, 120.01, 120.01, 179.98))
    monkeypatch.setattr(throttles, "time", SimpleNamespace(time=lambda: next(clock)))
    count = throttles.Count("token.failed", 2, "192.0.2.7")
    count.add()
    assert (count.is_full, count.wait) == (False, 60)
    count.add()
    again = throttles.Count("token.failed", 2, "192.0.2.7")
    assert (again.is_full, again.wait) == (True, 60)
    assert (again.wait, again.wait) == (60, 1)
    assert 0 < caches["default"]._cache.get_client().ttl(cache.make_key(count.key)) <= throttles.WINDOW
    assert not throttles.Count("token.failed", 2, "192.0.2.8").is_full


def test_program_gets_tokens_as_often_as_its_rate_says_and_the_newest_work(client, monkeypatch):
    slow, other = program(rate=2), program()
    answers = [ask(client, headers=slow.basic) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert answers[2].json()["error"] == "slow_down"
    assert 0 < int(answers[2]["Retry-After"]) <= 60
    assert AuthToken.objects.count() == AuditEvent.objects.filter(act="client.sign-in").count() == 2
    monkeypatch.setattr(actions, "MOST_TOKENS", 2)
    shown = [bearer(client, other) for _ in range(3)]
    assert [client.get(ROSTERS, headers=one).status_code for one in shown] == [401, 200, 200]
    assert slow.client.tokens.count() == 2, "each program has its own"


def test_unknown_program_takes_the_same_queries_as_a_known_one(client, django_assert_num_queries):
    one = program()
    for uid in (str(one.client.uid), "0192aaaa-0000-7000-8000-000000000000"):
        with django_assert_num_queries(2):  # the secret, and the record of the failure
            assert ask(client, headers=basic(uid, "guess")).status_code == 401


def test_one_query_finds_a_token_and_its_program(client, django_assert_max_num_queries):
    one = program()
    headers = bearer(client, one)
    client.get(ROSTERS, headers=headers)
    with django_assert_max_num_queries(3):  # the token, the count of imports, the imports
        assert client.get(ROSTERS, headers=headers).status_code == 200


def test_stranger_who_asks_and_asks_is_told_to_wait(client):
    statuses = {client.get(ROSTERS).status_code for _ in range(120)}
    assert statuses == {401}
    answer = client.get(ROSTERS)
    assert answer.status_code == 429
    assert answer.has_header("Retry-After")
    assert client.get(ROSTERS, headers=bearer(client, program())).status_code == 200


def test_schema_names_the_scope_of_each_route(sign_in):
    schema = sign_in(Role.HR).get("/api/schema/").json()
    flow = schema["components"]["securitySchemes"]["oauth2"]["flows"]["clientCredentials"]
    assert flow["tokenUrl"] == TOKEN
    assert set(flow["scopes"]) == set(MachineScope)
    asked = {
        path: [scope for one in schema["paths"][path][method]["security"] for scope in one.get("oauth2", [])]
        for path, method in [
            (ROSTERS, "post"), (CAPACITY, "get"), ("/api/v1/observation-imports/", "post"), ("/api/v1/runs/", "post"),
            ("/api/v1/roster-imports/{uid}/approve/", "post"),
        ]
    }  # fmt: skip
    assert asked == {
        ROSTERS: ["roster:write"],
        CAPACITY: ["aggregates:read"],
        "/api/v1/observation-imports/": ["observations:write"],
        "/api/v1/runs/": [],
        "/api/v1/roster-imports/{uid}/approve/": [],
    }
    assert not schema["paths"][TOKEN]["post"].get("security")


def test_what_programs_may_is_written_down():
    page = (settings.BASE_DIR / "docs" / "who-sees-what.md").read_text(encoding="utf-8")
    for scope, opened in MACHINE_POLICY.items():
        for data in Data:
            actions = [str(action) for action in Action if (data, action) in opened]
            row = f"| `{scope}` | {KINDS[data][0]} | {', '.join(actions)} |"
            assert (row in page) == bool(actions), row
