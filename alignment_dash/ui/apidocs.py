"""A page that shows the API's schema in words: no script, no outside file, the same CSP as every page.

The usual browsers of OpenAPI schemas write inline styles, which the CSP refuses.
"""

from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.views.decorators.http import require_GET
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from drf_spectacular.views import SpectacularJSONAPIView

from alignment_dash.access.api import is_for_people
from alignment_dash.access.clients.forms import SCOPE_WORDS
from alignment_dash.access.doors import action_of
from alignment_dash.access.policy import MACHINE_POLICY, Action, Data, MachineScope

PERSON, PROGRAM = "knoxApiToken", "oauth2"
METHODS = ("get", "post", "put", "patch", "delete")


class TokenScheme(OpenApiAuthenticationExtension):
    """How the schema says that a token signs in: a person's, or a program's with one of the route's scopes."""

    target_class = "alignment_dash.access.tokens.TokenAuthentication"
    name = [PERSON, PROGRAM]

    def get_security_definition(self, auto_schema: AutoSchema) -> list[dict[str, Any]]:
        flow = {
            "tokenUrl": reverse("api-oauth-token"),
            "scopes": {str(one): str(words) for one, words in SCOPE_WORDS.items()},
        }
        return [
            build_bearer_security_scheme_object(header_name="Authorization", token_prefix="Token"),  # noqa: S106
            {"type": "oauth2", "flows": {"clientCredentials": flow}},
        ]

    def get_security_requirement(self, auto_schema: AutoSchema) -> list[dict[str, list[Any]]]:
        scopes = scopes_of(auto_schema.view, auto_schema.method)
        return [{PERSON: []}, *[{PROGRAM: [str(one)]} for one in scopes]]


@lru_cache(maxsize=8)
def _described(language: str | None) -> dict[str, Any]:
    """Return the schema in a language: the same for everyone, and close to a second's work."""
    return SchemaGenerator().get_schema(request=None, public=True)


class RememberedSchema(SchemaGenerator):
    """Makes the schema once in each process and language."""

    def get_schema(self, request: Any = None, public: bool = False) -> dict[str, Any]:
        return _described(get_language())


class SchemaView(SpectacularJSONAPIView):
    """The API's schema as JSON."""

    generator_class = RememberedSchema
    costly = ("GET",)


def scopes_of(view: Any, method: str) -> list[MachineScope]:
    """Return the scopes of which a program needs one to ask a view; none: the view is closed to programs."""
    data: Data | None = getattr(view, "data", None)
    if data is None or is_for_people(view, method):
        return []
    action: Action = getattr(view, "action", None) or action_of(method)
    return [one for one in MachineScope if (data, action) in MACHINE_POLICY[one]]


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """List every operation of the API with its parameters, bodies and answers, and every schema's fields."""
    return render(request, "ui/api_reference.html", {"listed": _listed(get_language())})


@lru_cache(maxsize=8)
def _listed(language: str | None) -> SafeString:
    """Return the page's list in a language: the same for everyone, and a quarter of a second's work."""
    schema = _described(language)
    operations = [
        _operation(path, method, item[method])
        for path, item in sorted(schema["paths"].items())
        for method in METHODS
        if method in item
    ]
    schemas = [
        {"name": name, "rows": [_field(key, value, one) for key, value in one.get("properties", {}).items()]}
        for name, one in sorted(schema.get("components", {}).get("schemas", {}).items())
    ]
    return render_to_string("ui/api_listed.html", {"operations": operations, "schemas": schemas})


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    return {
        "id": operation["operationId"],
        "path": path,
        "method": method.upper(),
        "description": operation.get("description", ""),
        "scopes": [scope for one in operation.get("security", []) for scope in one.get(PROGRAM, [])],
        "parameters": operation.get("parameters", []),
        "bodies": [{"type": kind, "schema": _name(one.get("schema", {}))} for kind, one in content.items()],
        "answers": [
            {"status": status, "description": answer.get("description", ""), "schema": _answer(answer)}
            for status, answer in operation.get("responses", {}).items()
        ],
    }


def _answer(answer: dict[str, Any]) -> str:
    for one in answer.get("content", {}).values():
        return _name(one.get("schema", {}))
    return ""


def _name(schema: dict[str, Any]) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[-1]
    if schema.get("type") == "array":
        return f"list of {_name(schema.get('items', {}))}"
    kind = schema.get("type", "")
    return " or ".join(kind) if isinstance(kind, list) else str(schema.get("format") or kind)


def _field(name: str, field: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": name,
        "type": _name(field) or ", ".join(filter(None, (_name(one) for one in field.get("oneOf", [])))),
        "required": name in schema.get("required", []),
        "description": field.get("description", ""),
    }
