"""A page that shows the API's schema in words: no script, no outside file, the same CSP as every page.

The usual browsers of OpenAPI schemas write inline styles, which the CSP refuses.
"""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from drf_spectacular.generators import SchemaGenerator

METHODS = ("get", "post", "put", "patch", "delete")


class TokenScheme(KnoxTokenScheme):
    """How the schema says that a token signs in."""

    target_class = "alignment_dash.access.tokens.TokenAuthentication"


@require_GET
def reference(request: HttpRequest) -> HttpResponse:
    """List every operation of the API with its parameters, bodies and answers, and every schema's fields."""
    schema: dict[str, Any] = SchemaGenerator().get_schema(request=None, public=True)
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
    return render(request, "ui/api_reference.html", {"operations": operations, "schemas": schemas})


def _operation(path: str, method: str, operation: dict[str, Any]) -> dict[str, Any]:
    content = operation.get("requestBody", {}).get("content", {})
    return {
        "id": operation["operationId"],
        "path": path,
        "method": method.upper(),
        "description": operation.get("description", ""),
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
