"""What every API route may answer beside its result: named once, in the description of the API."""

from typing import Any

REFUSAL = {
    "type": "object",
    "description": "Why the request was refused; what is wrong with single fields stands beside, under their names.",
    "properties": {"detail": {"type": "string"}},
    "required": ["detail"],
}
ALWAYS = {
    "401": "Nobody is signed in, or the token is not valid.",
    "404": "There is no such thing, or it is not yours to see.",
    "429": "Too many requests: wait as long as Retry-After says.",
}
WRONG_REQUEST = {"400": "Something in the request is wrong."}
WITH_A_BODY = {
    "403": "Sent from a page without its token.",
    "415": "The body is in no form that is read here.",
}
_METHODS = ("get", "put", "post", "delete", "patch")


def describe_refusals(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """Add the refusals to each operation of an OpenAPI description, where it does not describe them itself."""
    result["components"].setdefault("schemas", {})["Refusal"] = REFUSAL
    for path in result["paths"].values():
        for method in _METHODS:
            if method in path:
                _add(path[method], is_sent=method != "get")
    return result


def _add(operation: dict[str, Any], *, is_sent: bool) -> None:
    refusals = ALWAYS | WRONG_REQUEST | (WITH_A_BODY if is_sent else {})
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Refusal"}}}
    for status, words in refusals.items():
        operation["responses"].setdefault(status, {"description": words, "content": content})
