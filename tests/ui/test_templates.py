"""What every template keeps to: nothing the Content-Security-Policy would block, and frames that always render."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import render_to_string

TEMPLATES = sorted((settings.BASE_DIR / "templates").rglob("*.html"))
INLINE = re.compile(r"<style|<script(?![^>]*\bsrc=)|\sstyle=|\son\w+=|javascript:|hx-on|js:", re.IGNORECASE)
FAR = re.compile(r"(?:src|href)=[\"']?(?:https?:)?//", re.IGNORECASE)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: str(path.relative_to(settings.BASE_DIR)))
def test_template_has_no_inline_code_and_no_far_files(template: Path):
    text = template.read_text()
    assert not INLINE.search(text)
    assert not FAR.search(text)
    assert len(text.splitlines()) <= 120


@pytest.mark.parametrize("name", ["400.html", "403.html", "403_csrf.html", "404.html", "500.html"])
def test_error_page_renders_without_a_request_or_a_database(name):
    html = render_to_string(name)
    assert html.count("<h1>") == 1
