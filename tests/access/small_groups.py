"""A district with small groups in each way, everything it tells, and how to ask for it."""

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from html import unescape
from typing import Any

from django.core.cache import cache
from django.urls import reverse

from alignment_dash import schoolyear
from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from alignment_dash.runs import actions, tasks
from alignment_dash.runs.models import Run
from instruction.models import VisitingObserver
from instruction.snapshots import KIND_OF_PERSONS
from schools.models import Level, Org, OrgType
from supervision.models import CASELOAD_RUN
from tests import factories


@dataclass
class Scene:
    """The district, its schools by name, everyone who asks, and a way to compute."""

    district: factories.SmallDistrict
    schools: dict[str, Org]
    users: dict[str, User]
    run: Run | None = None
    first: Run | None = None
    lessons: Counter[Any] = field(default_factory=Counter)

    def compute(self) -> Run:
        subject = str(self.district.version.framework.uid)
        for kind, about in (("capacity", subject), (KIND_OF_PERSONS, subject), (CASELOAD_RUN, "")):
            run = actions.request_run(kind=kind, school_year=factories.year(), by=None, subject=about)
            tasks.perform(run.pk)
            if kind == "capacity":
                self.run = Run.objects.get(pk=run.pk)
        cache.clear()
        assert self.run is not None
        assert self.run.state == "succeeded", self.run.message
        return self.run

    def observe(self, school: Org, teacher: Any, levels: list[int]) -> None:
        """Have the first principal see a lesson; one with the levels of an earlier one is of an earlier day."""
        lesson = (teacher.pk, *levels)
        self.lessons[lesson] += 1
        factories.observation(
            version=self.district.version, observer=self.district.principals[0], observed=teacher,
            school=school, levels=levels, on=schoolyear.today() - timedelta(days=self.lessons[lesson] - 1),
        )  # fmt: skip

    def add_school(self, name: str, network: Org, level: str, n_teachers: int, n_observed: int) -> Org:
        school = factories.org(parent=network, name=name, level=level)
        self.district.teachers[school.pk] = [factories.person() for _ in range(n_teachers)]
        for place, teacher in enumerate(self.district.teachers[school.pk]):
            factories.assignment(person=teacher, org=school)
            if place < n_observed:
                self.observe(school, teacher, [2 + place % 2, 3, 2])
        return school


def scene_in(district: factories.SmallDistrict) -> Scene:
    """Add schools and leaders to the small district, and compute."""
    made = Scene(district, {}, {str(role): user for role, user in district.users.items()})
    north, south = district.networks
    west = factories.org(org_type=OrgType.NETWORK, parent=district.root, name="West")
    for name, network, level, n_teachers, n_observed in (
        ("Dogwood Elementary", south, Level.ELEMENTARY, 6, 6),
        ("Elm Elementary", north, Level.ELEMENTARY, 6, 6),
        ("Fir Middle", south, Level.MIDDLE, 9, 3),
        ("Ginkgo High", west, Level.HIGH, 6, 5),
        ("Hazel Elementary", south, Level.ELEMENTARY, 6, 6),
        ("Juniper Middle", south, Level.MIDDLE, 6, 6),
        ("Katsura Middle", north, Level.MIDDLE, 5, 5),
    ):
        made.add_school(name, network, level, n_teachers, n_observed)
    made.schools = {one.name: one for one in Org.objects.filter(type=OrgType.SCHOOL)}
    for name in ("Cottonwood High", "Fir Middle"):
        school = made.schools[name]
        for _ in range(4):
            made.observe(school, district.teachers[school.pk][0], [4, 4, 4])
        made.users[f"leader of {name}"] = factories.user(role=Role.PRINCIPAL, org=school)
    factories.caseload(
        supervisor=district.supervisor, principal=district.principals[2], school=district.schools[2]
    )
    VisitingObserver.objects.create(person=factories.person(), school_year=factories.year(), lessons=40)
    made.first = made.compute()
    return made


def surfaces(scene: Scene) -> list[str]:
    """Everywhere that evidence about schools is told, in each way it can be asked for."""
    south = scene.district.networks[1].uid
    element = scene.district.version.elements.first().element.uid
    filters = [
        "", "?reading=evidence", "?reading=seen&sort=-teachers", f"?network={south}&level=high&reading=evidence",
        f"?element={element}&sort={element}", "?against=framework&reading=level", "?fold=dimension&reading=level&sort=gap",
    ]  # fmt: skip
    schools = [scene.schools["Cottonwood High"], scene.schools["Fir Middle"]]
    return [
        *[reverse("instruction:capacity-map") + one for one in filters],
        *[reverse("instruction:capacity-export") + one for one in filters[1:4]],
        *[reverse("api-capacity") + one for one in ("", f"?network={south}")],
        reverse("instruction:element", kwargs={"uid": element}),
        *[reverse("instruction:school", kwargs={"uid": one.uid}) for one in schools],
        *[
            reverse(name, kwargs={"school_uid": one.uid, "element_uid": element})
            for name in ("instruction:derivation", "api-derivation")
            for one in schools
        ],
        *[reverse("instruction:school-plan", kwargs={"uid": one.uid}) for one in schools],
        reverse("instruction:district"),
        reverse("instruction:framework"),
        reverse("instruction:how-computed"),
        reverse("instruction:tiers") + f"?element={element}",
        reverse("instruction:tiers-export"),
        reverse("instruction:certainty"),
        reverse("instruction:certainty-export"),
        reverse("instruction:observers"),
        reverse("instruction:evidence-plan"),
        reverse("instruction:evidence-plan-export"),
        reverse("supervision:caseload-list"),
        reverse("supervision:caseload-detail", kwargs={"uid": scene.district.supervisor.uid})
        + "?sort=teachers",
        *[
            f"{reverse(one)}?group=views&about={schools[1].uid}"
            for one in ("trace:audit", "trace:audit-export")
        ],
        reverse("ui:home"),
    ]


def ask(client: Any, user: User, urls: list[str]) -> dict[str, str]:
    """Each answer without what is made anew for every request."""
    client.force_login(user)
    answers = {}
    for url in urls:
        answer = client.get(url)
        content = answer.getvalue().decode() if answer.status_code == 200 else ""
        answers[url] = re.sub(r"\b[A-Za-z0-9]{64}\b|\d\d:\d\d:\d\d", "", content)
    client.logout()
    return answers


def rows_of(client: Any, user: User, query: str = "") -> dict[tuple[str, str], dict[str, Any]]:
    client.force_login(user)
    rows = client.get(reverse("api-capacity") + query).json()["rows"]
    return {(row["school_name"], row["element_code"]): row for row in rows}


def text(content: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", content)))
