"""Project STAR as schools, people, sections, enrollments and outcomes."""

import io
from decimal import Decimal
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from alignment_dash.access.reach import all_rows
from schools.models import Enrollment, Org, Outcome, Person, Section, StaffAssignment, Student, Teaching
from schools.project_star import read_pupil_years

pytestmark = pytest.mark.django_db
HEADER = "id,sch,gr,cltype,hdeg,clad,exp,trace,read,math,ses,schtype,sx,eth,birthq,birthy,yrs,tch\n"
SMALL = (
    HEADER
    + "100017,28,K,small,BS/BA,1,3.0,B,476.0,602.0,F,inner,F,B,1980:1,1980.0,0,478\n"
    + "100045,41,1,small,BS/BA,1,20.0,W,507.0,,N,suburb,M,W,1980:2,1980.0,1,698\n"
    + "100045,41,2,reg+A,MS/MA/MEd,APPR,15.0,B,575.0,620.0,N,suburb,M,W,1980:2,1980.0,2,701\n"
)


def load(path: Path) -> str:
    said = io.StringIO()
    call_command("import_project_star", path, stdout=said)
    return said.getvalue()


def counts() -> dict[str, int]:
    with all_rows(why="count students"):
        return {
            model.__name__: model.objects.count()
            for model in (Person, Student, Section, Teaching, Enrollment, Outcome, StaffAssignment)
        }


def test_pupil_years_become_a_roster_with_outcomes(tmp_path: Path) -> None:
    path = tmp_path / "star.csv"
    path.write_text(SMALL)
    load(path)
    assert counts() == {
        "Person": 3, "Student": 2, "Section": 3, "Teaching": 3, "Enrollment": 3, "Outcome": 5, "StaffAssignment": 3,
    }  # fmt: skip
    assert str(Org.objects.get(name="School 41").during.lower) == "1985-07-01"
    assert Teaching.objects.get(section__grades=["02"]).person.identity.display_name == "Teacher 701"
    with all_rows(why="read a score"):
        score = Outcome.objects.get(school_year=1988, subject="Mathematics")
        assert (score.score, score.school.name) == (Decimal("620.000"), "School 41")
        assert score.student.enrollments.count() == 2
    before = counts()
    assert "outcomes: 0 created" in load(path)
    assert counts() == before


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\n1,2\n", "columns are missing"),
        (SMALL.replace("476.0", "many"), "row 2: read is not a number"),
        (SMALL.replace(",K,", ",9,"), "row 2: gr or cltype"),
        (SMALL.replace(",478\n", ",\n"), "row 2: tch is empty"),
    ],
)
def test_unreadable_file_is_refused_by_row(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "star.csv"
    path.write_text(text)
    with pytest.raises(CommandError, match=message):
        load(path)
    assert counts()["Person"] == 0


def test_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError):
        load(tmp_path / "none.csv")


def test_scores_may_be_blank() -> None:
    years = read_pupil_years(io.StringIO(SMALL))
    assert years[1].scores == (("Reading", Decimal("507.0")), ("Mathematics", None))


@pytest.mark.slow
def test_whole_project_star_loads(shared_data: Path) -> None:
    load(shared_data / "project-star" / "mlmRev_star.csv")
    assert Org.objects.schools().count() == 80
    assert counts() == {
        "Person": 1_387,
        "Student": 11_598,
        "Section": 1_387,
        "Teaching": 1_387,
        "Enrollment": 26_796,
        "Outcome": 24_262 + 24_613,
        "StaffAssignment": 1_387,
    }
