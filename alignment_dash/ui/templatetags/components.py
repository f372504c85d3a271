"""The parts that pages are made of; /components/ shows each in every state.

All of them are template built-ins: no page loads a tag library. Arguments are keyword-only except
what a tag is about. A block tag's content is already escaped by the template that holds it.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BoundField
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html, format_html_join, json_script
from django.utils.safestring import SafeString, mark_safe

from alignment_dash.ui.heatmap import LEGEND
from alignment_dash.ui.numbers import exact_level, signed_level

register = template.Library()
register.filter("exact_level", exact_level)
register.filter("signed_level", signed_level)


@register.filter
def with_difference(level: float | None, difference: float | None) -> str:
    """A level that was set, and beside it how far an estimate is from it; no difference without an estimate.

    A filter, because a table holds hundreds, and a template included for each takes a sixth of the page's time.
    """
    if difference is None:
        return exact_level(level)
    return format_html('{} <span class="muted">{}</span>', exact_level(level), signed_level(difference))


def query(context: Context, **changes: object) -> str:
    """Return the page's query string with `changes` applied; None removes. "?" when nothing is left."""
    params = context["request"].GET.copy() if "request" in context else None
    if params is None:
        return "?"
    for name, value in changes.items():
        if value is None:
            params.pop(name, None)
        else:
            params[name] = str(value)
    return f"?{params.urlencode()}"


@register.simple_block_tag
def card(content: SafeString, *, title: str = "", tone: str = "plain", level: int = 2, uid: str = "") -> str:
    """A framed part of a page. `tone`: plain, quiet, attention or good; `level`: of its heading; `uid`: its anchor."""
    return render_to_string(
        "components/card.html", {"content": content, "title": title, "tone": tone, "level": level, "uid": uid}
    )


@register.simple_block_tag
def stats(content: SafeString) -> str:
    """A row of few large numbers; holds `stat` tags only."""
    return format_html('<dl class="stats">{}</dl>', content)


@register.inclusion_tag("components/stat.html")
def stat(
    *, label: str, value: object, note: str = "", href: str = "", tone: str = "plain"
) -> dict[str, object]:
    """One large number: what it is, its value, its n or comparison. `tone`: plain, below or above. None is "–"."""
    return {
        "label": label,
        "value": "–" if value is None else value,
        "note": note,
        "href": href,
        "tone": tone,
    }


@register.simple_tag
def pill(*, status: str, label: object) -> str:
    """A state in words; `status` has a rule in pill.css, which adds color and a mark."""
    return format_html('<span class="pill" data-status="{}">{}</span>', status, label)


@register.inclusion_tag("components/chart.html")
def chart(
    figure: Mapping[str, Any], *, name: str, summary: str, title: str = "", table: str = ""
) -> dict[str, object]:
    """A Plotly figure (plain dict) as inert JSON that static/js/charts.js draws.

    `name`: unique on the page; `summary`: the sentence that stands in for the picture;
    `table`: id of the table with the same numbers, linked where no script runs.
    A figure's layout.meta.legend, (mark, words) pairs, becomes a legend in text (marks: legend.css).
    """
    layout = figure.get("layout", {})
    return {
        "name": name,
        "summary": summary,
        "title": title,
        "table": table,
        "height": int(layout.get("height", 320)),
        "marks": layout.get("meta", {}).get("legend", []),
        "data": json_script(figure, f"{name}-figure"),
    }


@register.inclusion_tag("components/sort_header.html", takes_context=True)
def sort_header(
    context: Context,
    *,
    key: str,
    label: str,
    default: str = "",
    numeric: bool = False,
    param: str = "sort",
    target: str = "",
) -> dict[str, object]:
    """A table head that sorts: `?sort=key` or `?sort=-key`, with aria-sort on the current one.

    `default`: the order in use when the address names none; `numeric`: largest first on the first click,
    set right; `target`: CSS selector that htmx swaps (needs the page's view to answer with a partial).
    """
    current = context["request"].GET.get(param, default)
    opposite = {key: f"-{key}", f"-{key}": key}
    following = opposite.get(current, f"-{key}" if numeric else key)
    state = {key: "ascending", f"-{key}": "descending"}.get(current, "")
    href = query(context, **{param: following, "page": None})
    return {"label": label, "state": state, "numeric": numeric, "href": href, "target": target}


@register.simple_block_tag
def sheet(content: SafeString, *, label: str, tall: bool = False, pin: bool = False, uid: str = "") -> str:
    """A table's scrolling region, reachable by keyboard. `tall`: head stays; `pin`: first column stays."""
    return render_to_string(
        "components/sheet.html", {"content": content, "label": label, "tall": tall, "pin": pin, "uid": uid}
    )


@register.simple_block_tag
def empty(content: SafeString, *, title: str) -> str:
    """What stands where there is nothing to show: says so, why, and what to do."""
    return render_to_string("components/empty.html", {"content": content, "title": title})


@register.inclusion_tag("components/breadcrumbs.html")
def breadcrumbs(*trail: str) -> dict[str, object]:
    """Where the page stands: label, address, label, address, ..., label of this page."""
    if len(trail) % 2 == 0:
        raise template.TemplateSyntaxError("breadcrumbs: pairs of label and address, then the page's label")
    return {"links": list(zip(trail[:-1:2], trail[1::2], strict=True)), "here": trail[-1]}


@register.simple_tag
def field(bound: BoundField) -> str:
    """One form field with its label, hint and errors (templates/django/forms/field.html)."""
    return bound.as_field_group()


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(
    context: Context, page: Page[Any], *, label: str, param: str = "page", target: str = ""
) -> dict[str, object]:
    """Links to the pages of a long list. `label`: what is listed, in the plural; `target`: what htmx swaps."""
    numbers = page.paginator.get_elided_page_range(page.number, on_each_side=1, on_ends=1)
    links = [(n, query(context, **{param: n}) if isinstance(n, int) else "") for n in numbers]
    return {"page": page, "links": links, "label": label, "target": target}


@register.simple_tag(name="help")
def help_link(*, href: str, label: str) -> str:
    """The way from a number to its definition."""
    return format_html('<a class="help" href="{}">{}</a>', href, label)


@register.simple_block_tag
def answer(content: SafeString) -> str:
    """The sentence that answers the page's question."""
    return format_html('<p class="answer">{}</p>', content)


@register.simple_block_tag
def stamp(
    content: SafeString,
    *,
    as_of: datetime | None,
    how: str = "",
    stale: object = False,
    recomputing: object = False,
    failed: object = False,
) -> str:
    """From when and from what the page's numbers are; the content is the n ("41 schools · 4,612 observations").

    `as_of`: when the snapshot was computed (None: nothing yet); `how`: address of "how this is computed".
    """
    return render_to_string(
        "components/stamp.html",
        {
            "content": content.strip(), "as_of": as_of, "how": how, "stale": stale,
            "recomputing": recomputing, "failed": failed,
        },
    )  # fmt: skip


@register.inclusion_tag("components/progress.html")
def progress(
    *, done: int, total: int, label: str, name: str = "progress", poll: str = ""
) -> dict[str, object]:
    """How far a job is: bar and words. `poll`: address that htmx asks every two seconds for this part again;
    leave it out in the answer that ends the polling."""
    percent = round(100 * done / total) if total else None
    return {"done": done, "total": total, "percent": percent, "label": label, "name": name, "poll": poll}


@register.inclusion_tag("components/seg.html", takes_context=True)
def seg(
    context: Context,
    *,
    label: str,
    param: str,
    options: Iterable[tuple[str, str]],
    current: str,
    target: str = "",
) -> dict[str, object]:
    """One of a few readings, as links that set `param`; `options`: (value, label) pairs."""
    links = [(text, query(context, **{param: value}), value == current) for value, text in options]
    return {"label": label, "links": links, "target": target}


@register.simple_tag
def legend(items: Sequence[tuple[str, str]] | None = None) -> str:
    """What the fills mean: (classes, words) pairs; without them those of the gap to target."""
    pairs = LEGEND if items is None else items
    rows = format_html_join("", '<li><i class="{}" aria-hidden="true"></i>{}</li>', pairs)
    return format_html('<ul class="legend">{}</ul>', rows)


@register.simple_block_tag
def note(content: SafeString, *, tone: str = "plain") -> str:
    """A remark beside the text. `tone`: plain, success, warning or error."""
    return format_html('<div class="note" data-tone="{}">{}</div>', tone, content)


@register.simple_tag(takes_context=True)
def carry_query(context: Context, *without: str) -> str:
    """Hidden inputs for what the address already says, so that a GET form keeps it; `without`: its own fields."""
    if "request" not in context:
        return ""
    pairs = [
        (name, value)
        for name, values in context["request"].GET.lists()
        if name not in (*without, "page")
        for value in values
    ]
    return format_html_join(mark_safe("\n"), '<input type="hidden" name="{}" value="{}">', pairs)
