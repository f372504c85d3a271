"""Component tags: right arguments give the right markup, wrong ones are errors."""

import re
from datetime import UTC, datetime

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError
from django.test import RequestFactory

from alignment_dash.runs.models import State
from alignment_dash.ui.gallery import STATUSES, SampleForm


def render(source: str, path: str = "/", **context) -> str:
    request = RequestFactory().get(path)
    html = Template(source).render(Context({"request": request, **context}))
    return re.sub(r"\s+", " ", html).strip()


def test_sort_header_turns_around_and_forgets_the_page():
    tag = '{% sort_header key="gap" label="Gap" numeric=True %}'
    assert 'href="?network=N&amp;sort=-gap"' in render(tag, "/?network=N&page=3")
    html = render(tag, "/?sort=-gap")
    assert 'aria-sort="descending"' in html
    assert 'href="?sort=gap"' in html


def test_sort_header_shows_the_default_order():
    html = render('{% sort_header key="name" label="School" default="name" %}')
    assert 'aria-sort="ascending"' in html
    assert 'href="?sort=-name"' in html
    assert "hx-get" not in html


def test_sort_header_swaps_only_with_a_target():
    assert 'hx-target="#rows"' in render('{% sort_header key="a" label="A" target="#rows" %}')


def test_seg_marks_the_current_reading_and_keeps_filters():
    html = render(
        '{% seg label="Reading" param="reading" options=options current="gap" %}',
        "/?level=high",
        options=[("gap", "Gap"), ("seen", "Last seen")],
    )
    assert 'href="?level=high&amp;reading=gap" aria-current="true">Gap' in html
    assert 'href="?level=high&amp;reading=seen">Last seen' in html


def test_breadcrumbs_end_in_this_page():
    html = render('{% breadcrumbs "Questions" "/" "Map" "/map" name %}', name="<b>")
    assert '<a href="/map">Map</a>' in html
    assert '<li aria-current="page">&lt;b&gt;</li>' in html
    with pytest.raises(TemplateSyntaxError):
        render('{% breadcrumbs "Questions" "/" %}')


def test_stamp_says_how_fresh_the_numbers_are():
    tag = "{% stamp as_of=moment stale=stale recomputing=running %}41 schools{% endstamp %}"
    moment = datetime(2026, 11, 20, 11, 30, tzinfo=UTC)
    fresh = render(tag, moment=moment, stale=None, running=False)
    assert "Nov 20, 2026" in fresh
    assert "41 schools" in fresh
    assert "data-state" not in fresh
    assert 'data-state="stale"' in render(tag, moment=moment, stale=moment, running=False)
    assert 'data-state="running"' in render(tag, moment=moment, stale=moment, running=True)
    assert "Not computed yet" in render(tag, moment=None)


def test_stat_without_a_value_is_a_dash_and_zero_is_zero():
    assert "–" in render('{% stat label="fill rate" value=None %}')
    assert ">0<" in render('{% stat label="vacancies" value=0 %}')


def test_level_has_the_difference_beside_it_where_there_is_one():
    html = render("{{ 2.75|with_difference:gap }}, {{ 3.0|with_difference:None }}", gap=-0.4)
    assert html == '2.75 <span class="muted">−0.4</span>, 3.0'


def test_progress_polls_only_while_asked_to():
    assert 'hx-trigger="every 2s"' in render('{% progress done=1 total=4 label="x" poll="/r" %}')
    done = render('{% progress done=4 total=4 label="x" %}')
    assert "hx-" not in done
    assert 'value="100"' in done
    assert "value=" not in render('{% progress done=0 total=0 label="waiting" %}')


def test_chart_cannot_close_its_script():
    html = render(
        '{% chart figure name="a" summary="s" %}', figure={"data": [], "layout": {"title": "</script>"}}
    )
    assert html.count("</script>") == 1
    assert 'aria-labelledby="a-summary"' in html


def test_field_tells_a_reader_of_its_errors():
    html = render("{% field form.name %}", form=SampleForm({}))
    assert 'aria-invalid="true"' in html
    described = re.search(r'aria-describedby="([^"]+)"', html)
    assert described
    assert all(f'id="{uid}"' in html for uid in described[1].split())


def test_pagination_of_one_page_is_nothing():
    assert render('{% pagination page label="schools" %}', page=Paginator(["a"], 25).page(1)) == ""


def test_carry_query_keeps_other_parameters():
    html = render('{% carry_query "year" %}', '/?year=2026&page=2&level=a&level="')
    assert html == (
        '<input type="hidden" name="level" value="a"> <input type="hidden" name="level" value="&quot;">'
    )


def test_unknown_argument_is_an_error():
    with pytest.raises(TemplateSyntaxError):
        render('{% pill state="x" label="y" %}')


def test_every_status_has_a_rule(settings):
    css = (settings.BASE_DIR / "static/css/components/pill.css").read_text()
    rules = set(re.findall(r'data-status="([\w-]+)"', css))
    assert rules == set(STATUSES)
    assert set(State.values) <= rules
