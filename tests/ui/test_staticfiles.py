"""What collectstatic makes, and what of node_modules may be fetched."""

import json
from pathlib import Path

import plotly.offline  # noqa: TID251 - its version must be the browser's
import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command

from alignment_dash.ui.staticfiles import NpmFinder


@pytest.fixture
def collected(tmp_path, settings) -> Path:
    settings.STATIC_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {
        "staticfiles": {"BACKEND": "alignment_dash.ui.staticfiles.BundledStorage"}
    }
    call_command("collectstatic", interactive=False, verbosity=0)
    return tmp_path


def test_npm_files_named_in_settings_are_found():
    found = finders.find("vendor/plotly.js")
    assert found
    assert Path(found).samefile(Path(settings.NPM_ROOT) / settings.NPM_STATIC_FILES["vendor/plotly.js"])


@pytest.mark.parametrize(
    "name",
    ["axe-core/axe.min.js", "plotly.js-basic-dist-min/package.json", "vendor/../package.json", "vendor"],
)
def test_npm_files_not_named_are_not_found(name):
    assert NpmFinder().find(name) == []


def test_missing_npm_file_is_an_error_that_names_it(settings):
    settings.NPM_STATIC_FILES = {"vendor/gone.js": "gone/gone.js"}
    (error,) = NpmFinder().check()
    assert "vendor/gone.js" in error.msg


def test_python_and_browser_plotly_are_of_one_major_version():
    installed = json.loads((Path(settings.NPM_ROOT) / "plotly.js-basic-dist-min/package.json").read_text())
    assert installed["version"].split(".")[0] == plotly.offline.get_plotlyjs_version().split(".")[0]


def test_collected_stylesheet_is_one_file_with_every_component(collected):
    manifest = json.loads((collected / "staticfiles.json").read_text())["paths"]
    sheet = (collected / manifest["css/app.css"]).read_text()
    assert "@import" not in sheet
    assert staticfiles_storage.url("css/app.css").endswith(manifest["css/app.css"])
    for component in (settings.BASE_DIR / "static/css/components").glob("*.css"):
        assert component.read_text() in sheet
    assert sheet.index("@layer tokens, base, components, print;") < sheet.index("@layer tokens {")
    assert (collected / f"{manifest['css/app.css']}.gz").exists()


def test_source_stylesheet_imports_every_component():
    folder = settings.BASE_DIR / "static/css"
    listed = (folder / "app.css").read_text()
    for component in (folder / "components").glob("*.css"):
        assert f'"components/{component.name}"' in listed
        assert len(component.read_text().splitlines()) <= 80
