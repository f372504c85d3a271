"""The API against its own description, as every role: requests made from it, valid and not.

No request may be answered with a server error, or with anything the description does not say; who may not use a
route finds nothing there. `make test-full` makes fifty requests of each operation and role, the tests a few.
"""

import itertools
import json
import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.urls import resolve
from hypothesis import HealthCheck, Phase, given, seed, settings
from knox.models import AuthToken

from alignment_dash.access.roles import Role
from alignment_dash.wsgi import application
from tests.routes import ROUTES

pytestmark = pytest.mark.django_db


@contextmanager
def _one_connection() -> Iterator[None]:
    """Keep the test's connection, which a real request would close, as Django's own test client does."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in signals:
            signal.connect(close_old_connections)


def _schema(district: Any, client: Any) -> Any:
    # Here, as every process imports what is above to collect two tests.
    import schemathesis

    client.force_login(district.users[Role.DATA_ADMINISTRATOR])
    text = client.get("/api/schema/").content
    schema = schemathesis.openapi.from_dict(json.loads(text))
    schema.app = application
    return schema


def _found_wrong(case: Any, answer: Any) -> str:
    """Return what the description does not say of an answer; empty: nothing."""
    from schemathesis.checks import not_a_server_error
    from schemathesis.core.failures import Failure, FailureGroup
    from schemathesis.specs.openapi import checks

    try:
        case.validate_response(
            answer,
            checks=[
                not_a_server_error,
                checks.status_code_conformance,
                checks.content_type_conformance,
                checks.response_schema_conformance,
            ],
        )
    except (Failure, FailureGroup) as found:
        return str(found)
    return ""


def _real(operation: Any, district: Any) -> dict[str, str]:
    """Return the address parts of a record that is there, for an operation on one."""
    if not operation.path_parameters:
        return {}
    path = operation.path.replace("{day}", "2026-01-05")
    name = resolve(re.sub(r"{\w+}", str(uuid.UUID(int=0)), path)).url_name
    route = next(one for one in ROUTES if one.name == name and one.method == operation.method)
    return {part: str(value) for part, value in route.kwargs(district).items()}


def _faults(operation: Any, token: str, examples: int, number: int, real: dict[str, str]) -> list[str]:
    """Send some requests of an operation, most of them about a `real` record; return what was wrong."""
    faults: list[str] = []
    turn = itertools.count()

    @seed(number)
    @settings(
        max_examples=examples,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        if real and next(turn) % 4:
            case.path_parameters = dict(real)
        with _one_connection(), transaction.atomic():
            answer = case.call(headers={"Authorization": f"Token {token}"})
            transaction.set_rollback(True)
        if wrong := _found_wrong(case, answer):
            faults.append(f"{operation.label}: {wrong}")

    ask()
    return faults


def _walk(district: Any, client: Any, roles: list[Role], examples: int) -> None:
    schema = _schema(district, client)
    tokens = {role: AuthToken.objects.create(user=district.users[role])[1] for role in roles}
    faults: list[str] = []
    for number, found in enumerate(schema.get_all_operations()):
        operation = found.ok()
        with transaction.atomic():
            real = _real(operation, district)
            for role in roles:
                faults += _faults(operation, tokens[role], examples, number, real)
            transaction.set_rollback(True)
    assert not faults, "\n".join(faults)


@pytest.mark.slow
def test_api_answers_as_its_description_says(district, client):
    _walk(district, client, [Role.DATA_ADMINISTRATOR], 3)


@pytest.mark.full
def test_api_answers_every_role_as_its_description_says(district, client):
    _walk(district, client, list(Role), 50)
