"""Consultations on a draft: what people say, how they vote, who is told what, and what is refused."""

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.formats import date_format

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role
from alignment_dash.schoolyear import today
from instruction.consulting import actions, votes
from instruction.consulting.queries import Stage, stage_of
from instruction.models import Consultation, ElementComment, FocusVote
from tests import factories
from tests.instruction.consulting.drafts import draft

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def version(district):
    made = draft(district)
    ask(made, district)
    return made


def ask(version, district, *, first=None, last=None, each=2, seen=None):
    return actions.set_consultation(
        version=version, opens_on=first or today(), closes_on=last or today(), votes_each=each, seen=seen,
        by=district.users[Role.CI_ADMINISTRATOR],
    )  # fmt: skip


def close(version):
    Consultation.objects.filter(version=version).update(
        opens_on=today() - WEEK, closes_on=today() - timedelta(days=1)
    )


def address(version, name="consultation", **more):
    return reverse(f"instruction:{name}", kwargs={"uid": version.uid, **more})


def say(client, version, text, about="whole"):
    return client.post(address(version, "consultation-comment"), {"about": about, "text": text})


def elements(version):
    return list(version.elements.select_related("element").order_by("place"))


def cast(version, role, n, chosen):
    for _ in range(n):
        actions.vote(version=version, elements=chosen, role=role, by=factories.user(role=role))


@pytest.mark.parametrize(
    ("people", "told"),
    [
        ((9, 8, 7, 6), {"teachers", "leaders", "supervisors", "central"}),
        ((90, 8, 2, 3), {"teachers", "leaders"}),  # five others could have written it
        (
            (90, 8, 2, 6),
            {"teachers", "leaders"},
        ),  # two could: the central office's are not told apart from theirs
        ((1, 1, 1, 1), set()),
        ((90, 8, 0, 6), {"teachers", "leaders", "central"}),
    ],
)
def test_comment_is_told_to_come_from_no_group_of_a_few(people, told):
    assert votes.authors_told(dict(zip(votes.GROUPS, people, strict=True))) == told


def test_first_and_last_day_count_whole(district, version):
    held = Consultation(version=version, opens_on=today(), closes_on=today() + WEEK, votes_each=1)
    days = [today() - timedelta(days=1), today(), today() + WEEK, today() + WEEK + timedelta(days=1)]
    assert [stage_of(version, held, day) for day in days] == [
        Stage.SOON,
        Stage.OPEN,
        Stage.OPEN,
        Stage.CLOSED,
    ]
    assert stage_of(version, None, today()) is Stage.NONE


def test_comment_stands_with_its_element_and_names_its_author_to_editors_alone(district, version, sign_in):
    one, *_rest = elements(version)
    text = "🙂 شرح بالعربية <script>alert(1)</script>\n" + "very long " * 900
    client = sign_in(Role.TEACHER)
    assert say(client, version, text, str(one.element.uid)).status_code == 302
    say(client, version, text, str(one.element.uid))  # the button pressed twice
    mine = client.get(address(version)).content.decode()
    assert ElementComment.objects.count() == 1
    assert "You" in mine
    teacher = district.users[Role.TEACHER]
    type(teacher).objects.filter(pk=teacher.pk).update(name="Terry Quillfeather")
    read = {role: sign_in(role).get(address(version)).content.decode() for role in (Role.PRINCIPAL, Role.ASSOCIATION, Role.CI_ADMINISTRATOR)}  # fmt: skip
    for page in read.values():
        assert "🙂 شرح بالعربية &lt;script&gt;" in page
    assert "Quillfeather" not in read[Role.PRINCIPAL] + read[Role.ASSOCIATION]
    # One teacher alone has an account here: that it was a teacher would name them.
    shown = f'<span dir="auto">{{}}</span> · {date_format(today(), "M j, Y")}'
    assert shown.format("someone who has a say") in read[Role.PRINCIPAL]
    assert shown.format("a teacher") not in read[Role.PRINCIPAL]
    for _ in range(4):
        factories.user(role=Role.TEACHER)
    assert shown.format("a teacher") in sign_in(Role.PRINCIPAL).get(address(version)).content.decode()
    assert "Terry Quillfeather, Teacher" in read[Role.CI_ADMINISTRATOR]
    assert "<textarea" not in read[Role.ASSOCIATION]
    assert say(sign_in(Role.ASSOCIATION), version, "We read along.").status_code == 404
    assert "Quillfeather" not in str(AuditEvent.objects.filter(act="consultation.comment").values())


def test_comment_after_the_close_is_refused_and_shown_again(district, version, sign_in):
    close(version)
    answer = say(sign_in(Role.PRINCIPAL), version, "Too late, but mine 🙂")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Too late, but mine 🙂" in page
    assert "closed at the end of" in page
    assert not ElementComment.objects.exists()


@pytest.mark.parametrize(
    ("text", "why"), [("  ", "Write something"), ("a" * 10_001, "10,001 characters"), ("a\0b", "NUL")]
)
def test_text_that_cannot_be_kept_is_refused_with_its_reason(version, sign_in, text, why):
    answer = say(sign_in(Role.TEACHER), version, text)
    assert answer.status_code == 400
    assert why in answer.content.decode()
    assert not ElementComment.objects.exists()


def test_votes_are_changed_until_the_close_and_refused_after_it(district, version, sign_in):
    one, two, three = elements(version)
    client, send = sign_in(Role.TEACHER), address(version, "consultation-votes")
    held = FocusVote.objects.filter(voter=district.users[Role.TEACHER]).order_by("element_version__place")

    def post(*chosen):
        return client.post(send, {"element": [str(each.element.uid) for each in chosen]})

    assert post(one, two).status_code == 302
    many = post(one, two, three)
    assert many.status_code == 400
    assert "You have 2 votes, and chose 3" in many.content.decode()
    assert many.content.decode().count(" checked") == 3
    assert [each.element_version_id for each in held.all()] == [one.pk, two.pk]
    assert post(three).status_code == 302
    assert [each.element_version_id for each in held.all()] == [three.pk]
    with pytest.raises(ValidationError, match="Votes are for elements of this draft"):
        actions.vote(
            version=version, elements=district.version.elements.all()[:1], role=Role.TEACHER,
            by=district.users[Role.TEACHER],
        )  # fmt: skip
    close(version)
    late = post(one)
    assert late.status_code == 409
    assert f">{one.name}</li>" in late.content.decode()
    assert [each.element_version_id for each in held.all()] == [three.pk]
    assert AuditEvent.objects.filter(act="consultation.vote").values_list("detail", flat=True).last() == {
        "votes": 1
    }


def test_publishing_ends_the_consultation(district, version):
    type(version).objects.filter(pk=version.pk).update(state="published", published_at="2026-01-01T00:00Z")
    with pytest.raises(actions.Closed, match="has been published"):
        actions.comment(version=version, text="x", role=Role.TEACHER, by=district.users[Role.TEACHER])
    with pytest.raises(ValidationError, match="published"):
        ask(version, district, last=today() + WEEK)


@pytest.mark.parametrize(
    ("voters", "groups", "total"),
    [
        ({}, (), False),
        ({"teachers": 4}, (), False),
        ({"teachers": 5}, ("teachers",), True),
        ({"teachers": 40, "leaders": 8}, ("teachers", "leaders"), True),
        # 51 minus 48 told would be the three supervisors: the leaders are hidden with them.
        ({"teachers": 40, "leaders": 8, "supervisors": 3}, ("teachers",), True),
        # Two small groups of five together hide each other.
        ({"teachers": 40, "supervisors": 3, "central": 2}, ("teachers",), True),
        ({"supervisors": 2, "central": 2}, (), False),
    ],
)
def test_counts_of_small_groups_are_not_told_and_cannot_be_worked_out(voters, groups, total):
    told = votes.told(voters)
    assert (told.groups, told.total) == (groups, total)
    left = sum(voters.values()) - sum(voters[group] for group in told.groups)
    assert not told.total or left == 0 or left >= votes.FEWEST


def test_votes_are_counted_by_group_once_the_vote_has_closed(district, version, sign_in):
    one, two, _three = elements(version)
    cast(version, Role.TEACHER, 6, [one])
    cast(version, Role.PRINCIPAL, 5, [one, two])
    cast(version, Role.SUPERVISOR, 2, [two])
    cast(version, Role.CI_STAFF, 3, [two])
    before = sign_in(Role.CI_ADMINISTRATOR).get(address(version)).content.decode()
    assert "16 people have voted: 6 teachers, 5 principals and assistant principals." in before
    assert "Votes by element" not in before
    close(version)
    for role in (Role.CI_ADMINISTRATOR, Role.TEACHER):
        page = sign_in(role).get(address(version)).content.decode()
        assert "11</td><td>6 teachers, 5 principals and assistant principals</td>" in page
        assert "10</td><td>0 teachers, 5 principals and assistant principals</td>" in page
        assert "principal supervisors</td>" not in page
    assert f"Most votes: <b>{one.name}, {two.name}</b>" in page


def test_two_editors_do_not_overwrite_each_others_days(district, version, sign_in):
    client, send = sign_in(Role.CI_ADMINISTRATOR), address(version, "consultation-days")
    seen = actions.seen_of(version.consultation)
    ask(version, district, last=today() + WEEK, each=3)
    sent = {"opens_on": today(), "closes_on": today() + 2 * WEEK, "votes_each": 4, "seen": seen}
    answer = client.post(send, sent)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert str(today() + 2 * WEEK) in page
    assert "votes each: 3" in page
    again = actions.seen_of(Consultation.objects.get(version=version))
    assert f'value="{again}"' in page
    assert client.post(send, {**sent, "seen": again}).status_code == 302
    assert Consultation.objects.get(version=version).votes_each == 4
    wrong = client.post(send, {**sent, "seen": "", "opens_on": today(), "closes_on": today() - WEEK})
    assert wrong.status_code in {400, 409}


def test_days_the_wrong_way_round_and_fewer_votes_than_cast_are_refused(district, version):
    cast(version, Role.TEACHER, 1, elements(version)[:2])
    with pytest.raises(ValidationError, match="closes on the day it opens, or later"):
        ask(version, district, first=today(), last=today() - WEEK)
    with pytest.raises(ValidationError, match="voted for 2 elements already"):
        ask(version, district, each=1)
    with pytest.raises(ValidationError, match=r"between 1 and 20|greater than or equal to"):
        ask(version, district, each=0)


def test_two_editors_answering_one_comment_see_each_other(district, version, sign_in):
    said = actions.comment(version=version, text="Why?", role=Role.TEACHER, by=district.users[Role.TEACHER])
    send = address(version, "consultation-answer", comment=said.uid)
    client = sign_in(Role.CI_ADMINISTRATOR)
    assert client.post(send, {"text": "Because\r\nof them.", "seen": ""}).status_code == 302
    late = client.post(send, {"text": "Mine, written meanwhile", "seen": ""})
    assert late.status_code == 409
    assert "Mine, written meanwhile" in late.content.decode()
    assert "Because<br>of them." in late.content.decode()
    assert client.post(send, {"text": "Mine", "seen": "Because\r\nof them."}).status_code == 302
    page = sign_in(Role.TEACHER).get(address(version)).content.decode()
    assert "Mine" in page
    assert "Because" not in page


def test_comments_are_handed_to_editors_as_a_file_without_formulas(district, version, sign_in):
    actions.comment(version=version, text="=HYPERLINK(1)", role=Role.TEACHER, by=district.users[Role.TEACHER])
    rows = sign_in(Role.CI_ADMINISTRATOR).get(address(version, "consultation-export")).content.decode()
    assert "'=HYPERLINK(1)" in rows
    assert AuditEvent.objects.get(act="export.comments").detail == {"rows": 1}
    assert "Teacher" in rows


def test_queries_do_not_grow_with_comments_and_votes(district, version, sign_in, django_assert_num_queries):
    client = sign_in(Role.CI_ADMINISTRATOR)
    client.get(address(version))

    def asked():
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        with CaptureQueriesContext(
            connection,
        ) as made:
            assert client.get(address(version)).status_code == 200
        return len(made)

    few = asked()
    for number in range(12):
        for one in (None, *elements(version)):
            actions.comment(
                version=version, element=one, text=f"Comment {number}", role=Role.TEACHER,
                by=district.users[Role.TEACHER],
            )  # fmt: skip
    cast(version, Role.TEACHER, 6, elements(version)[:2])
    assert asked() == few
    page = client.get(address(version)).content.decode()
    assert "All 12 comments" in page
    assert page.count("Comment 11") == 4
    assert "Comment 2<" not in page
    only = client.get(address(version) + f"?about={elements(version)[0].element.uid}").content.decode()
    assert only.count("Comment ") >= 12
    assert elements(version)[1].name not in only


def test_rest_says_and_does_what_the_page_does(district, version, client):
    base = f"/api/v1/consultations/{version.uid}/"
    client.force_login(district.users[Role.TEACHER])
    code = elements(version)[0].element.code

    def send(method, path, body):
        return getattr(client, method)(base + path, body, content_type="application/json")

    made = send("post", "comments/", {"element": code, "text": "Shorter 🙂"})
    assert made.status_code == 201
    assert (made.json()["name"], made.json()["group"]) == ("", "")
    assert client.get(base + "comments/").json()["count"] == 1
    voted = send("put", "votes/", {"elements": [code]}).json()
    assert [one["mine"] for one in voted["elements"]] == [True, False, False]
    assert voted["elements"][0]["votes"] is None
    assert send("put", "votes/", {"elements": ["E1", "E2", "E3"]}).status_code == 400
    assert "elements" in send("put", "votes/", {"elements": ["none"]}).json()
    assert "text" in send("post", "comments/", {"text": "a" * 10_001}).json()
    close(version)
    assert client.get(base).json()["stage"] == "closed"
    for refused in (send("post", "comments/", {"text": "late"}), send("put", "votes/", {"elements": []})):
        assert refused.status_code == 409
        assert "closed at the end of" in refused.json()["detail"]


def test_what_someone_said_is_handed_out_and_erased_with_them(district, version):
    from alignment_dash.access.models import Change
    from alignment_dash.access.persondata import actions as persondata
    from alignment_dash.access.persondata.queries import subject_of
    from alignment_dash.access.persondata.registry import holdings

    teacher, editor = district.users[Role.TEACHER], district.users[Role.CI_ADMINISTRATOR]
    said = actions.comment(version=version, text="Mine alone 🙂", role=Role.TEACHER, by=teacher)
    cast_before = FocusVote.objects.count()
    actions.vote(version=version, elements=elements(version)[:2], role=Role.TEACHER, by=teacher)
    actions.answer(comment=said, text="Thank you", by=editor)
    subject = subject_of(district.teachers[district.schools[0].pk][0].uid)
    held = {one.key: one for one in holdings()}
    (row,) = held["comments-on-drafts"].rows(subject)
    assert (row["text"], row["answer"]) == ("Mine alone 🙂", "Thank you")
    assert held["focus-votes"].count(subject) == 2
    second = factories.user(role=Role.DATA_ADMINISTRATOR)
    asked = persondata.ask(subject=subject, why="request 1", by=district.users[Role.DATA_ADMINISTRATOR])
    if asked.done_at is None:
        persondata.confirm(erasure=asked, by=second)
    said.refresh_from_db()
    assert (said.text, said.answer) == ("-", "Thank you")
    assert FocusVote.objects.count() == cast_before
    assert "Mine alone" not in str(list(Change.objects.values_list("before", flat=True)))
