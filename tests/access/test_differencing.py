"""Differencing: nothing that is told, added to or taken from anything else told, gives a group too small to tell.

Each attack of the list in docs/numbers/small-groups.md is a function here, named as there, against pages, CSV and
API, as every role and as the leaders of the small schools. They run one after the other on one district:
Cottonwood High has 3 teachers (hidden as a whole); at Fir Middle 3 of 9 were observed (its counts are blank); West
is a network of one school.
"""

import csv
import io
import re
import traceback
from collections.abc import Callable
from datetime import timedelta
from itertools import product
from typing import Any

import numpy as np
import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from alignment_dash import schoolyear
from alignment_dash.access import reach
from alignment_dash.access.models import AuditEvent, RoleGrant, User
from alignment_dash.access.policy import Action, Data
from alignment_dash.access.roles import Role
from alignment_dash.access.scope import scope_of
from alignment_dash.runs import actions, tasks
from alignment_dash.runs.models import Run
from instruction import queries
from instruction.models import (
    DistrictCapacity,
    GroupCapacity,
    ObservationCompletion,
    SchoolCapacity,
    SuggestedVisit,
    TeacherCapacity,
)
from schools.models import Level, Org, OrgType
from supervision.models import CaseloadSchool
from tests import factories
from tests.access.small_groups import Scene, ask, rows_of, scene_in, surfaces, text

pytestmark = pytest.mark.django_db
COUNTS = ("n_ratings", "n_observations", "n_teachers", "n_raters", "roster_size", "last_seen")
FIGURES = (
    "estimate", "se", "low", "high", "gap", "p_below", "expected_below", "strategic_gap", "plan_gap",
    "framework_gap", "previous_estimate", "change", "n_new_teachers", "p_neediest", "rank_low", "rank_high",
)  # fmt: skip
SEES_ALL = (Role.CABINET, Role.HR, Role.CI_ADMINISTRATOR, Role.CI_STAFF, Role.DATA_ADMINISTRATOR)
Attack = Callable[[Scene, Any], None]
ATTACKS: dict[str, Attack] = {}
# So many tests, for processes to share.
PARTS = 3


def attack(name: str) -> Callable[[Attack], Attack]:
    """Put a function on the list under the name that the page of the list gives it."""

    def listed(tried: Attack) -> Attack:
        ATTACKS[name] = tried
        return tried

    return listed


@pytest.fixture
def scene(district) -> Scene:
    return scene_in(district)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_attacks_find_no_suppressed_cell(scene, client, part):
    """Each one on the same district, whose rows are as they were before the next."""
    failed = {}
    for name, tried in [*ATTACKS.items()][part::PARTS]:
        try:
            with transaction.atomic():
                tried(scene, client)
                transaction.set_rollback(True)
        except AssertionError:
            failed[name] = traceback.format_exc()
        client.logout()
        cache.clear()
        scene.run = scene.first
    assert not failed, "\n".join(failed.values())


def test_page_of_the_list_names_the_attacks_that_are_tried():
    page = (settings.BASE_DIR / "docs" / "numbers" / "small-groups.md").read_text()
    table = page.split("\n## Attacks\n")[1].split("\n## ")[0]
    assert set(re.findall(r"^\| ([^|-]+?) \|", table, re.MULTILINE)) == {"attack", *ATTACKS}


def change_what_is_hidden(scene: Scene) -> None:
    """Give every cell whose counts are not told other counts, and each small school one teacher's figures less."""
    with reach.all_rows(why="rows that are hidden are changed"):
        for name in ("Cottonwood High", "Fir Middle"):
            school = scene.schools[name]
            figures = TeacherCapacity.objects.filter(
                school=school, person=scene.district.teachers[school.pk][0]
            )
            assert figures.delete()[0]
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE instruction_schoolcapacity SET n_ratings = n_ratings + 7, n_observations = n_observations + 3,"
            " n_raters = n_raters + 2, n_teachers = n_teachers % 4 + 1, is_linked = NOT is_linked,"
            " last_seen = last_seen - 200, roster_size = CASE roster_size WHEN 3 THEN 4 ELSE roster_size END"
            " WHERE n_teachers BETWEEN 1 AND 4"
        )
        assert cursor.rowcount == 2 * 3
    assert CaseloadSchool.objects.filter(roster_size=3).update(roster_size=4) == 1
    completion = ObservationCompletion.objects
    assert completion.filter(school=scene.schools["Fir Middle"]).update(n_observed_this_year=2, n_never=7)
    hidden = completion.filter(school=scene.schools["Cottonwood High"])
    assert hidden.update(n_teachers=4, n_observed_this_year=1, n_never=3, island=None, last_seen=None)
    cache.clear()


def leaders_look(scene: Scene, client: Any) -> None:
    """Let the leaders of the small schools open their teachers' figures, of which the audit then tells."""
    for name in ("Cottonwood High", "Fir Middle"):
        page = reverse("instruction:school", kwargs={"uid": scene.schools[name].uid})
        assert ask(client, scene.users[f"leader of {name}"], [page])[page]
    assert AuditEvent.objects.filter(act="view.teachers").count() == 2


@attack("what is hidden changes")
def nothing_told_to_anyone_depends_on_what_is_hidden(scene: Scene, client: Any) -> None:
    """The strongest form: whatever the hidden counts are, every answer is the same to the letter."""
    urls = surfaces(scene)
    with transaction.atomic():
        leaders_look(scene, client)
        before = {who: ask(client, user, urls) for who, user in scene.users.items()}
        transaction.set_rollback(True)
    # The page of the plan tells no counts.
    own = {url for url in urls if str(scene.schools["Cottonwood High"].uid) in url and "/plan/" not in url}
    change_what_is_hidden(scene)
    leaders_look(scene, client)
    for who, user in scene.users.items():
        if who.startswith("leader of"):
            continue
        after = ask(client, user, urls)
        assert [url for url in urls if after[url] != before[who][url]] == [], who
    leader = "leader of Cottonwood High"
    changed = ask(client, scene.users[leader], urls)
    assert all(changed[url] != before[leader][url] for url in own), "the change is one that can be seen"


@attack("an insider subtracts")
def leader_of_a_small_school_learns_nothing_of_another(scene: Scene, client: Any) -> None:
    """What one knows anyway does not open the rest: only the other small school's counts change here."""
    urls, leader = surfaces(scene), scene.users["leader of Cottonwood High"]
    before = ask(client, leader, urls)
    fir = SchoolCapacity.objects.filter(run=scene.run, school=scene.schools["Fir Middle"])
    fir.update(n_ratings=F("n_ratings") + 7, n_teachers=4, n_observations=9)
    cache.clear()
    assert ask(client, leader, urls) == before


@attack("two runs, new ratings in a small school")
def new_ratings_in_a_small_school_move_no_count_that_is_told(scene: Scene, client: Any) -> None:
    """The job as well: its own counts leave hidden cells out, so they stay as they were."""

    def told(run: Run) -> list[Any]:
        facts = {name: value for name, value in run.facts.items() if name.startswith("n_")}
        groups = GroupCapacity.objects.filter(run=run).order_by("element", "network", "level")
        cells = SchoolCapacity.objects.filter(run=run, n_teachers__gte=5).order_by("school", "element")
        return [
            facts,
            list(DistrictCapacity.objects.filter(run=run).order_by("element").values_list("n_schools", "n_teachers")),
            list(groups.values_list("network", "level", "n_schools", "n_teachers", "is_hidden")),
            list(cells.values_list("school", "element", *COUNTS)),
        ]  # fmt: skip

    before = told(scene.run)
    hidden = scene.schools["Cottonwood High"]
    factories.assignment(person=factories.person(), org=hidden)
    for teacher in scene.district.teachers[hidden.pk]:
        scene.observe(hidden, teacher, [1, 2, 3])
    assert told(scene.compute()) == before


@attack("the run minus the schools")
def counts_of_the_run_are_sums_of_what_is_told(scene: Scene, client: Any) -> None:
    """The run's ratings and teachers minus those of the schools shown leave nothing over."""
    for role in SEES_ALL:
        rows = rows_of(client, scene.users[role])
        sizes = {school: row["roster_size"] for (school, _), row in rows.items()}
        page = text(client.get(reverse("instruction:how-computed")).content.decode())
        assert f"Ratings behind what is shown {sum(row['n_ratings'] or 0 for row in rows.values())} " in page
        assert f"Teachers of the schools shown {sum(size or 0 for size in sizes.values())} " in page


@attack("the district minus the schools")
def districts_figure_counts_the_schools_shown_alone(scene: Scene, client: Any) -> None:
    rows = rows_of(client, scene.users[Role.CABINET])
    for found in DistrictCapacity.objects.filter(run=scene.run).select_related("element"):
        shown = [row for (_, code), row in rows.items() if code == found.element.code and row["estimate"]]
        assert (found.n_schools, found.n_teachers) == (len(shown), sum(row["roster_size"] for row in shown))


@attack("one filter minus another")
def filters_tell_of_a_school_what_no_filter_tells(scene: Scene, client: Any) -> None:
    """A network, a level and both at once show the same cells: the smallest choice, one hidden school, is blank."""
    networks = ["", *[str(one.uid) for one in Org.objects.filter(type=OrgType.NETWORK)]]
    levels = ["", Level.ELEMENTARY, Level.MIDDLE, Level.HIGH]
    for who in (Role.CABINET, "leader of Fir Middle"):
        user = scene.users[who]
        every = rows_of(client, user)
        for network, level in product(networks, levels):
            for place, row in rows_of(client, user, f"?network={network}&level={level}").items():
                assert row == every[place]
    south = networks[2]
    client.force_login(scene.users[Role.CABINET])
    page = text(
        client.get(reverse("instruction:capacity-map"), {"network": south, "level": "high"}).content.decode()
    )
    assert "There is not enough evidence yet to estimate any school" in page


@attack("page, CSV and API side by side")
def page_csv_and_api_blank_the_same_cells(scene: Scene, client: Any) -> None:
    for who, user in scene.users.items():
        scope = scope_of(user)
        if not scope.may(Data.SCHOOL_CAPACITY):
            continue
        rows = rows_of(client, user)
        told = {place: row for place, row in rows.items() if row["n_teachers"] is not None}
        own = {who.removeprefix("leader of ")} if who.startswith("leader of") else set()
        assert {school for school, _ in told}.isdisjoint({"Cottonwood High", "Fir Middle"} - own), who
        for (school, _), row in rows.items():
            few = school in {"Cottonwood High", "Fir Middle"}
            assert not few or all(row[name] is None for name in FIGURES), "an estimate of few is for nobody"
            if few and school not in own:
                left = {name for name in COUNTS if row[name] is not None}
                assert left == ({"roster_size"} if school == "Fir Middle" else set())
        if scope.may(Data.SCHOOL_CAPACITY, Action.EXPORT):
            _export_blanks(client, user, own)


def _export_blanks(client: Any, user: User, own: set[str]) -> None:
    client.force_login(user)
    for reading in ("gap", "level", "evidence", "seen"):
        answer = client.get(reverse("instruction:capacity-export"), {"reading": reading})
        for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
            if row and row[0] in {"Cottonwood High", "Fir Middle"} - own:
                assert not re.search(r"\d", " ".join(row[4:]).replace("<5 teachers", "")), row
            if row and row[0] == "Cottonwood High" and row[0] not in own:
                assert row[3] == ""


@attack("the place in a sorted list")
def place_in_a_sorted_list_says_nothing(scene: Scene, client: Any) -> None:
    """By value, a hidden school stands with the others that have none, by name, whichever way the list runs."""
    client.force_login(scene.users[Role.CABINET])
    element = scene.district.version.elements.first().element.uid
    for key in ("gap", "-gap", str(element), f"-{element}", "teachers", "-teachers"):
        page = client.get(reverse("instruction:capacity-map"), {"sort": key}).content.decode()
        names = re.findall(r'<tr><th scope="row"><a[^>]*>([^<]+)', page)
        without = ["Cottonwood High"] if "teachers" in key else ["Cottonwood High", "Fir Middle"]
        assert [name for name in names if name in scene.schools][-len(without) :] == without


@attack("numbers of schools and pages")
def numbers_of_schools_and_pages_do_not_depend_on_what_is_hidden(scene: Scene, client: Any) -> None:
    for who in (Role.CABINET, Role.SUPERVISOR):
        client.force_login(scene.users[who])
        body = client.get(reverse("api-capacity")).json()
        schools = len(scope_of(scene.users[who]).schools(Data.SCHOOL_CAPACITY).ids) or len(scene.schools)
        assert (body["n_schools"], body["page"]) == (schools, 1)


@attack("one group minus another")
def groups_of_schools_give_no_school_away(scene: Scene, client: Any) -> None:
    """Every network's and level's figure that is told, and the district's: no sum of them is of under 3 schools."""
    shown = SchoolCapacity.objects.filter(run=scene.run, estimate__isnull=False).select_related("school")
    for element in {cell.element_id for cell in shown}:
        schools = [cell.school for cell in shown if cell.element_id == element]
        told = [[True] * len(schools)]
        for group in GroupCapacity.objects.filter(run=scene.run, element=element):
            members = [
                one.parent_id == group.network_id if group.network_id else one.level == group.level
                for one in schools
            ]
            if group.is_hidden:
                assert (group.estimate, group.se, group.n_schools, group.n_teachers) == (None,) * 4
            else:
                assert (group.n_schools or 0) == sum(members)
                told.append(members)
        assert len(told) > 1, "something is told"
        rank = np.linalg.matrix_rank(np.array(told, dtype=float))
        for size in (1, 2):
            for picked in product(range(len(schools)), repeat=size):
                few = np.zeros((1, len(schools)))
                few[0, list(picked)] = 1
                assert np.linalg.matrix_rank(np.vstack([told, few])) == rank + 1


@attack("a group minus one's own schools")
def who_sees_some_schools_is_told_no_figure_of_a_group(scene: Scene, client: Any) -> None:
    """Calibration leads see no school; one who also leads or supervises some would take theirs away."""
    standing = queries.standing(factories.year())
    assert standing is not None
    for role, is_told in ((None, True), (Role.SUPERVISOR, False), (Role.PRINCIPAL, False)):
        user = scene.users[role] if role else factories.user()
        RoleGrant.objects.create(user=user, role=Role.CALIBRATION_LEAD, during=factories.EVER)
        page = queries.district_page(scope_of(user), standing)
        assert page is not None
        groups = [figure for line in (*page.networks, *page.levels) for figure in line.figures]
        assert any(one.estimate is not None for one in (*page.columns, *groups)) is is_told
        assert any(one.n_schools is not None for one in (*page.columns, *groups)) is is_told
        assert ("You see some of the schools" not in _district(client, user)) is is_told


def _district(client: Any, user: User) -> str:
    url = reverse("instruction:district")
    return text(ask(client, user, [url])[url])


@attack("the district page, by role")
def district_page_is_the_same_for_everyone_and_names_no_school(scene: Scene, client: Any) -> None:
    url = reverse("instruction:district")
    pages = {}
    for who in (Role.BOARD, Role.CALIBRATION_LEAD, Role.CABINET, Role.CI_STAFF):
        main = re.search(r"<main.*</main>", ask(client, scene.users[who], [url])[url], re.DOTALL)
        assert main
        pages[who] = main.group()
    assert len(set(pages.values())) == 1
    page = pages[Role.BOARD]
    assert not [name for name in scene.schools if name in page]
    assert not re.search(r'href="[^"]*/(schools|elements)/', page)
    assert re.search(r"West</th>(<td[^>]*sup[^>]*>.*?</td>)+", page)


def test_figure_of_fewer_than_three_schools_is_not_the_boards(district, client):
    """The district of two schools shown: the cabinet, who sees both, sees the mean; the board does not."""
    subject = str(district.version.framework.uid)
    run = actions.request_run(kind="capacity", school_year=factories.year(), by=None, subject=subject)
    tasks.perform(run.pk)
    standing = queries.standing(factories.year())
    assert standing is not None
    for role, is_told in ((Role.CABINET, True), (Role.BOARD, False), (Role.CALIBRATION_LEAD, False)):
        page = queries.district_page(scope_of(district.users[role]), standing)
        assert page is not None
        assert {column.estimate is not None for column in page.columns} == {is_told}
        assert {column.n_teachers for column in page.columns} == ({12} if is_told else {None})


@attack("an earlier snapshot")
def only_the_snapshot_that_stands_is_told(scene: Scene, client: Any) -> None:
    """A school that falls under the limit takes its old figures with it: no address leads to its earlier ones."""
    juniper, old = scene.schools["Juniper Middle"], scene.run
    figures = SchoolCapacity.objects.filter(run=old, school=juniper).values_list("element__code", "estimate")
    assert all(value is not None for _code, value in figures)
    leaving = [one.pk for one in scene.district.teachers[juniper.pk][:2]]
    juniper.assignments.filter(person__in=leaving).delete()
    new = scene.compute()
    user = scene.users[Role.CABINET]
    for query in ("", f"?run={old.uid}", f"?snapshot={old.pk}", f"?year={factories.year()}&run={old.uid}"):
        rows = rows_of(client, user, query)
        assert {rows["Juniper Middle", code]["evidence"] for code, _ in figures} == {"hidden"}
        assert client.get(reverse("api-capacity") + query).json()["run"] == str(new.uid)
    client.force_login(user)
    page = text(
        client.get(
            reverse("instruction:school", kwargs={"uid": juniper.uid}), {"run": old.uid}
        ).content.decode()
    )
    assert "Too few teachers" in page


@attack("the past of a school that is hidden now")
def school_that_is_hidden_now_has_no_past(scene: Scene, client: Any) -> None:
    """The last snapshot of each term is told: of schools told today, at all, and as that snapshot told it."""
    juniper, elm = scene.schools["Juniper Middle"], scene.schools["Elm Elementary"]
    assert scene.run is not None
    long_ago = schoolyear.today() - timedelta(days=200)
    Run.objects.filter(pk=scene.run.pk).update(
        roster_date=long_ago,
        school_year=schoolyear.year_of(long_ago),
        ended_at=timezone.now() - timedelta(days=200),
    )
    # A figure that stands nowhere else, so that finding it is finding the past.
    past = SchoolCapacity.objects.filter(run=scene.run, school__in=[juniper, elm], estimate__isnull=False)
    assert past.update(estimate=1.37, n_ratings=99) == 6
    juniper.assignments.filter(
        person__in=[one.pk for one in scene.district.teachers[juniper.pk][:2]]
    ).delete()
    scene.compute()
    element = scene.district.version.elements.first().element.uid
    for who, user in scene.users.items():
        for school in (juniper, elm):
            kwargs = {"school_uid": school.uid, "element_uid": element}
            urls = [
                reverse("instruction:derivation", kwargs=kwargs), reverse("api-derivation", kwargs=kwargs),
                reverse("instruction:school", kwargs={"uid": school.uid}),
                reverse("instruction:element", kwargs={"uid": element}),
            ]  # fmt: skip
            told = [url for url, answer in ask(client, user, urls).items() if "1.37" in answer]
            assert not told if school == juniper else (told or who != Role.CABINET), who


@attack("the mean of the ratings on two days")
def steps_to_a_figure_give_no_rating_away(scene: Scene, client: Any) -> None:
    """A mean and the number of ratings on two days would give the level that was added, were the mean told finely."""
    elm = scene.schools["Elm Elementary"]
    element = scene.district.version.elements.first().element.uid
    url = reverse("api-derivation", kwargs={"school_uid": elm.uid, "element_uid": element})
    client.force_login(scene.users[Role.CABINET])
    for _day in range(2):
        body = client.get(url).json()
        assert body["n_teachers"] == 6
        assert "mean_of_ratings" not in body
        if body["steps"]:
            assert (body["steps"]["start"], body["steps"]["steps"]) == (None, [])
            low, high = body["steps"]["start_low"] or 1.0, body["steps"]["start_high"] or 4.0
            # So many totals of levels agree with what is told that the new one could be any.
            assert body["n_ratings"] * (high - low) >= 3
        scene.observe(elm, scene.district.teachers[elm.pk][0], [4, 4, 4])
        scene.compute()


@attack("two runs, one changed rating")
def figures_leave_the_job_in_hundredths(scene: Scene, client: Any) -> None:
    """Between two snapshots a difference is known to a hundredth of a level and no finer, in every output."""
    for cell in SchoolCapacity.objects.filter(run=scene.run, estimate__isnull=False):
        assert round(cell.estimate, 2) == cell.estimate
        assert round(cell.se, 2) == cell.se
        assert cell.gap == pytest.approx(cell.target - cell.estimate, abs=1e-6)


@attack("the change between two snapshots, few new teachers")
def change_between_snapshots_tells_no_teachers_rating(scene: Scene, client: Any) -> None:
    """Elm: one to four teachers seen anew, or one who leaves: no page, file or answer tells how far it moved."""
    elm = scene.schools["Elm Elementary"]
    teachers = scene.district.teachers[elm.pk]
    codes = {"E1", "E2", "E3"}
    for act, n_new, is_told in (
        (lambda: None, 0, True),
        (lambda: scene.observe(elm, teachers[0], [4, 4, 4]), 1, False),
        (lambda: [scene.observe(elm, one, [4, 4, 4]) for one in teachers[:4]], 4, False),
        (lambda: elm.assignments.filter(person=teachers[5].pk).delete(), 1, False),
        (lambda: [scene.observe(elm, one, [4, 4, 4]) for one in teachers[:5]], 5, True),
    ):
        act()
        run = scene.compute()
        held = SchoolCapacity.objects.filter(run=run, school=elm)
        assert set(held.values_list("n_new_teachers", flat=True)) == {n_new}
        assert {one.previous_estimate is not None for one in held} == {is_told}
        for who in (Role.CABINET, Role.SUPERVISOR):
            rows = rows_of(client, scene.users[who])
            told = {rows[elm.name, code]["change"] is not None for code in codes if (elm.name, code) in rows}
            assert told <= {is_told}
        few = SchoolCapacity.objects.filter(
            run=run, previous_estimate__isnull=False, n_new_teachers__range=(1, 4)
        )
        assert not few.exists()


@attack("places minus one's own schools")
def place_among_the_schools_is_for_who_sees_them_all(scene: Scene, client: Any) -> None:
    """Who sees all schools but one could tell from their places where that one stands."""
    for who in (Role.SUPERVISOR, Role.PRINCIPAL, Role.TEACHER, "leader of Fir Middle"):
        rows = rows_of(client, scene.users[who])
        assert {(row["p_neediest"], row["rank_low"], row["rank_high"]) for row in rows.values()} == {
            (None,) * 3
        }


@attack("variances of few observers")
def variances_that_few_observers_stand_behind_are_not_told(scene: Scene, client: Any) -> None:
    """Two principals observe in this district: what tells them apart would describe them."""
    client.force_login(scene.users[Role.CABINET])
    page = text(client.get(reverse("instruction:how-computed")).content.decode())
    assert "fewer than 5 observers stand behind them" in page
    facts = dict(scene.run.facts) | {"n_raters": 9, "n_crossing_raters": 1}
    for crossing, is_told in ((1, False), (4, False), (5, True), (0, True)):
        Run.objects.filter(pk=scene.run.pk).update(facts=facts | {"n_crossing_raters": crossing})
        page = text(client.get(reverse("instruction:how-computed")).content.decode())
        assert ("Variances in squared levels" in page) is is_told


@attack("the uncertainty of a planned visit")
def plans_uncertainty_tells_no_count_of_few(scene: Scene, client: Any) -> None:
    """A school's standard error falls with each teacher observed: of Fir, where few were, no output tells it."""
    small = {"Cottonwood High", "Fir Middle"}
    visits = SuggestedVisit.objects.filter(run=scene.run).select_related("school")
    assert len(visits) > 1
    assert all(one.se_before is None or one.school.name not in small for one in visits)
    # Whether the plan visits Fir at all is for what it gains: here one of its visits is made to.
    one = visits.filter(se_before=None).first() or visits[0]
    SuggestedVisit.objects.filter(pk=one.pk).update(
        school=scene.schools["Fir Middle"], se_before=None, se_after=None, gain=None
    )
    for who in (Role.CABINET, Role.CALIBRATION_LEAD):
        urls = [reverse(f"instruction:evidence-plan{export}") for export in ("", "-export")]
        page, file = ask(client, scene.users[who], urls).values()
        for lines in (text(page).split("Fir Middle")[1:], re.findall("Fir Middle.*", file)):
            assert lines
            assert all("not told" in line[:60] and not re.search(r"\d\.\d\d", line[:60]) for line in lines)


@attack("a kept page of someone else")
def leaders_page_is_kept_for_no_one_else(scene: Scene, client: Any) -> None:
    """Pages are kept by who sees what: a leader's counts never come from the cache to others."""
    url = reverse("instruction:capacity-map") + "?reading=evidence"
    leader = ask(client, scene.users["leader of Cottonwood High"], [url])[url]
    assert "3/3" in leader
    for role in SEES_ALL:
        assert "3/3" not in ask(client, scene.users[role], [url])[url]
