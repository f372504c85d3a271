"""The heatmap's HTML: what a browser and a screen reader get, whatever the rows hold."""

import re
from html.parser import HTMLParser

import pytest

from alignment_dash.ui.heatmap import (
    LEGEND,
    Cell,
    Column,
    Group,
    Row,
    fill_of,
    heatmap,
    not_enough,
    signed,
    suppressed,
)

GROUPS = [
    Group("Purpose", [Column("Target", "/t"), Column("Relevance")]),
    Group("Talk", [Column("Discourse")]),
]
NASTY = "<script>\"a\" & 'b'"


class Tags(HTMLParser):
    """Collects (tag, attributes) and text; convert_charrefs undoes escaping as a browser would."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.texts.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.tags if name == tag]


def table(rows, groups=GROUPS, **changes) -> str:
    given = {"caption": "Gap", "row_heading": "School", "extra_headings": ["Network"], "groups": groups}
    return heatmap(rows=rows, **(given | changes))


def test_heatmap_heads_say_what_they_head():
    found = Tags(table([Row("Alder", [Cell("1")] * 3, extra=["North"])]))
    scopes = [head["scope"] for head in found.named("th")]
    assert scopes == ["col", "col", "colgroup", "colgroup", "col", "col", "col", "row"]
    assert [head["colspan"] for head in found.named("th") if head["scope"] == "colgroup"] == ["2", "1"]
    assert found.named("caption") == [{}]


def test_heatmap_says_aloud_what_the_text_does_not():
    weak = Cell("-0.4", "b2", weak=True, spoken="weak evidence", title="from 4 ratings", href="/x")
    html = table([Row("Alder", [weak, not_enough(), suppressed()], extra=["North"])])
    found = Tags(html)
    assert ", weak evidence" in found.texts
    assert ", not enough evidence" in found.texts
    assert [cell["class"] for cell in found.named("td")] == ["more", "c b2 weak new", "c ne", "c sup new"]
    assert "hidden" in found.texts


def test_heatmap_folded_to_dimensions_has_no_elements():
    groups = [Group("Purpose", [Column("", sort="descending")], "?fold="), Group("Talk", [Column("")])]
    html = table([Row("Alder", [Cell("1")] * 2, extra=["North"])], groups)
    assert html.count("<tr>") == 2
    heads = Tags(html).named("th")
    assert [head["scope"] for head in heads] == ["col"] * 4 + ["row"]
    assert heads[2]["aria-sort"] == "descending"


def test_heatmap_headings_may_sort():
    html = table([], row_heading=Column("School", "?sort=name", "ascending"), extra_headings=[])
    assert '<th scope="col" rowspan="2" aria-sort="ascending"><a href="?sort=name">School</a></th>' in html


@pytest.mark.parametrize(
    "place", ["row", "extra", "text", "title", "href", "spoken", "column", "group", "caption"]
)
def test_heatmap_escapes_what_people_wrote(place):
    def said(name: str) -> str:
        return NASTY if name == place else "plain"

    cell = Cell(said("text"), title=said("title"), href=said("href"), spoken=said("spoken"))
    groups = [Group(said("group"), [Column(said("column"), said("href"), title=said("title"))])]
    row = Row(said("row"), [cell], said("href"), [said("extra")])
    html = table([row], groups, caption=said("caption"))
    assert "<script" not in html
    found = Tags(html)
    everything = "".join(found.texts) + "".join(
        value or "" for _, attrs in found.tags for value in attrs.values()
    )
    assert NASTY in everything


@pytest.mark.parametrize(
    "row", [Row("Alder", [Cell("1")] * 2, extra=["North"]), Row("Alder", [Cell("1")] * 3)]
)
def test_heatmap_row_of_wrong_length_is_named(row):
    with pytest.raises(ValueError, match="Alder"):
        table([row])


@pytest.mark.parametrize(
    ("gap", "fill"),
    [
        (-3, "b3"),
        (-0.61, "b3"),
        (-0.6, "b2"),
        (-0.3, "b1"),
        (-0.1, "at"),
        (0, "at"),
        (0.2, "a1"),
        (0.35, "a2"),
    ],
)
def test_fill_of_gap(gap, fill):
    assert fill_of(gap) == fill
    assert fill in {name for name, _ in LEGEND}


@pytest.mark.parametrize(
    ("gap", "text"),
    [(-0.44, "−0.4"), (0.25, "+0.3"), (0.04, "0.0"), (-0.04, "0.0"), (-0.0, "0.0"), (1, "+1.0")],
)
def test_signed_gap(gap, text):
    assert signed(gap) == text


def test_every_class_of_cell_has_a_rule(settings):
    css = (settings.BASE_DIR / "static/css/components/heatmap.css").read_text()
    names = {name for classes, _ in LEGEND for name in classes.split()} | {"s1", "s2", "s3", "s4"}
    assert names <= set(re.findall(r"\.([a-z]\w*)", css))
