"""What every API route shares: who signs in how, and pages of lists."""

import pytest

from alignment_dash.access.roles import Role

RUNS = "/api/v1/runs/"


@pytest.mark.parametrize("token", ["", "\u00ff\u00fe", "a\0b", "a b", "-" * 64, "f" * 64])
def test_token_that_is_none_is_refused(client, db, token):
    client.raise_request_exception = False
    answer = client.get(RUNS, headers={"Authorization": f"Token {token}"})
    assert answer.status_code == 401
    assert "detail" in answer.json()


@pytest.mark.parametrize("query", [f"limit={10**26}", f"offset={10**26}", "limit=-1", "limit=٣", "limit=%00"])
def test_page_of_a_list_that_is_no_page_is_answered(sign_in, query):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    client.raise_request_exception = False
    assert client.get(f"{RUNS}?{query}").status_code == 200


def test_schema_says_that_a_token_signs_in(sign_in):
    schema = sign_in(Role.HR).get("/api/schema/").json()
    assert "knoxApiToken" in schema["components"]["securitySchemes"]


@pytest.mark.parametrize("body", ["[" * 100_000, "{", "[]", "null", '"x"', '{"kind": [1]}', "{}", "\u00ff"])
def test_body_that_is_no_request_is_refused(sign_in, body):
    client = sign_in(Role.DATA_ADMINISTRATOR)
    client.raise_request_exception = False
    answer = client.post(RUNS, body.encode("latin-1"), content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["detail"]


def test_fields_that_are_wrong_are_named_beside_the_detail(sign_in):
    answer = sign_in(Role.DATA_ADMINISTRATOR).post(RUNS, {"kind": "capacity"})
    assert answer.json() == {
        "detail": "Something in the request is wrong: see each field.",
        "school_year": ["This field is required."],
    }
