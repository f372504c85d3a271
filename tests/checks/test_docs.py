"""The checks of documents find what they are for."""

from pathlib import Path

from alignment_dash.checks.docs import anchors, faults_of


def faults(folder: Path, name: str, text: str) -> list[str]:
    (folder / name).write_text(text)
    return list(faults_of(folder / name, folder))


def test_docs_link_to_a_missing_file_or_heading_is_a_fault(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# Other\n\n## What is `it`, really?\n")
    good = "[a](other.md) [b](other.md#what-is-it-really) [c](#here) [d](https://example.org/x)\n\n# Here\n"
    assert faults(tmp_path, "good.md", good) == []
    bad = "one\n[a](missing.md)\n[b](other.md#nowhere)\n"
    assert faults(tmp_path, "bad.md", bad) == [
        "bad.md:2: missing.md leads nowhere",
        "bad.md:3: other.md#nowhere names no heading",
    ]


def test_docs_links_in_code_are_not_links(tmp_path: Path) -> None:
    assert faults(tmp_path, "code.md", "```\n[a](missing.md)\n```\n") == []


def test_page_loading_from_elsewhere_is_a_fault(tmp_path: Path) -> None:
    page = '<link href="/static/app.css">\n<script src="https://example.org/x.js"></script>\n'
    assert faults(tmp_path, "page.html", page) == ["page.html:2: loads a file from another host"]


def test_address_of_a_delivery_network_is_a_fault_in_any_file(tmp_path: Path) -> None:
    host = "unpkg"
    assert faults(tmp_path, "x.json", f'{{"u": "https://{host}.com/x"}}\n')[0].startswith("x.json:1:")


def test_anchors_are_those_of_markdown_renderers() -> None:
    assert anchors("# One: two & three\n## `code` here\n") == {"one-two--three", "code-here"}
