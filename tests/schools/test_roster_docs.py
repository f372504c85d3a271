"""What the documentation says of rosters over REST is what there is."""

import re
import uuid

import pytest
from django.conf import settings
from django.urls import get_resolver, resolve

from alignment_dash.runs.models import UploadState
from schools.imports.hold_limits import default_of
from schools.imports.options import RosterOptions
from schools.imports.serializers import FilterSerializer, RosterImportRequestSerializer

UID = str(uuid.UUID(int=1))


@pytest.fixture(scope="module")
def text() -> str:
    return (settings.BASE_DIR / "docs" / "imports.md").read_text()


def section(text: str, title: str) -> str:
    return text.split(f"## {title}\n")[1].split("\n## ")[0]


def test_every_route_named_is_there_and_every_route_there_is_named(text: str) -> None:
    table = re.findall(r"^\| `(GET|POST) (/api/v1/roster-imports/\S*)` \|", text, re.MULTILINE)
    called = {resolve(path.replace("{uid}", UID)).url_name for _method, path in table}
    for path in re.findall(r"https://alignment\.example\.org(/api/v1/roster-imports/\S*)", text):
        assert resolve(path.replace("$UID", UID)).url_name in called | {"api-roster-import-list"}
    names = {name for name in get_resolver("schools.api_urls").reverse_dict if isinstance(name, str)}
    assert {name for name in names if name.startswith("api-roster-import-")} == called


def test_methods_named_are_those_of_the_routes(text: str) -> None:
    for method, path in re.findall(r"^\| `(GET|POST) (/api/v1/roster-imports/\S*)` \|", text, re.MULTILINE):
        view = resolve(path.replace("{uid}", UID)).func.view_class  # type: ignore[attr-defined]
        assert hasattr(view, method.lower())


def test_options_and_filters_named_are_those_there_are(text: str) -> None:
    options = re.findall(r"^- `([a-z_]+)`:", section(text, "Sending a roster over REST"), re.MULTILINE)
    assert options == list(RosterOptions.base_fields)
    assert set(options) | {"file"} == set(RosterImportRequestSerializer().fields)
    filters = re.search(r"filters (.*?);", text)
    assert filters
    assert re.findall(r"`([a-z_]+)`", filters[1]) == list(FilterSerializer().fields)


def test_states_named_are_those_there_are(text: str) -> None:
    table = section(text, "Sending a roster over REST").split("| state |")[1].split("\n\n")[0]
    named = re.findall(r"`([a-z-]+)`", "".join(row.split("|")[1] for row in table.splitlines()[2:]))
    assert set(named) == set(UploadState.values)


def test_rules_and_limits_named_are_those_there_are(text: str) -> None:
    source = (settings.BASE_DIR / "schools" / "rosters" / "holds.py").read_text()
    said = section(text, "When a roster is held")
    rules = re.findall(r"^\| `([a-z.]+)` \|", said, re.MULTILINE)
    assert set(rules) == set(re.findall(r'[( ]"([a-z]+\.[a-z]+)", ', source))
    for name in ("end", "update", "shrink", "unknown"):
        assert f"{default_of(f'{name}_percent')}%" in said
    assert f"after {default_of('keep_days')} days" in said
