"""A worker killed at any moment: an import is there wholly or not at all, and another worker ends it.

A district that holds roster A is sent roster B, in which people and enrollments have come, changed and gone. A
real worker process applies it, applies it after an approval, or reverts it, and is killed. Whatever the moment,
the district is as A or as B says; then the work is taken up again, and at the end the district, the run, the
upload and the way back are those of an untouched import: nothing lost, nothing doubled.
"""

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from alignment_dash.access.models import User
from alignment_dash.runs import uploads
from alignment_dash.runs.models import Run, State
from bench.roster_bundle import changed, content, shuffled, zipped
from schools import actions
from schools.models import HoldLimits, RosterImport
from schools.roster_imports import KIND
from tests.schools import whole_state
from tests.schools.worker_process import Stopwatch, Workers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SEED = 3
A = content(schools=6, teachers=90, students=1_500, enrollments_each=4)
B = changed(A, seed=7)
OFTEN = {"apply": 16, "approve": 10, "revert": 10}
APPLIED = {"applied", "applied-with-messages"}


class Scene:
    """The district with A in it, and the workers that import into it."""

    def __init__(self) -> None:
        self.workers = Workers()
        self.workers.start()
        self.by = User.objects.create(email="data@elm.example", name="Data administrator")
        self._sent = 0
        self.finish(self.send(A))
        self.before = whole_state.stated()
        upload = self.apply()
        self.finish(upload)
        self.after = whole_state.stated()
        self.go_back(upload)

    def send(self, rows: Any) -> RosterImport:
        """Send a roster in, in bytes that never were before; the worker hears of it."""
        self._sent += 1
        upload, _ = uploads.receive(
            kind=KIND,
            content=zipped(shuffled(rows, seed=self._sent)).getvalue(),
            filename="roster.zip",
            options={"source": "sis"},
            by=self.by,
        )
        return upload

    def finish(self, upload: RosterImport) -> Run:
        """Have what was asked for last done to its end."""
        upload.refresh_from_db()
        run = self.workers.finish(upload.run_id)
        upload.refresh_from_db()
        return run

    def apply(self) -> RosterImport:
        """Ask for B."""
        return self.send(B)

    def approve(self) -> RosterImport:
        """Have B held and ask for it by an approval."""
        limits = HoldLimits.objects.create(id=1, end_percent=0, end_floor=0)
        upload = self.send(B)
        self.finish(upload)
        limits.delete()
        assert upload.state == "held"
        assert whole_state.stated() == self.before
        actions.approve_roster(roster_import=upload, plan_hash=upload.plan_hash, by=self.by)
        return upload

    def revert(self) -> RosterImport:
        """Have B applied and ask for the way back."""
        upload = self.send(B)
        self.finish(upload)
        actions.revert_roster(roster_import=upload, by=self.by)
        return upload

    def go_back(self, upload: RosterImport) -> None:
        """Have A again, where B is applied."""
        if upload.state in APPLIED:
            actions.revert_roster(roster_import=upload, by=self.by)
            self.finish(upload)
        assert upload.state == "reverted"
        assert whole_state.stated() == self.before


@dataclass
class Untouched:
    """What an undisturbed worker makes of the same request, and in what time."""

    ask: Callable[[], RosterImport]
    start: Any
    goal: Any
    states: set[str]
    seconds: float = 0.0
    inverse: Any = None

    @classmethod
    def of(cls, scene: Scene, name: str) -> "Untouched":
        """Do what `name` says without a disturbance, and look that it does it."""
        before, after = scene.before, scene.after
        made = {
            "apply": cls(scene.apply, before, after, APPLIED),
            "approve": cls(scene.approve, before, after, APPLIED),
            "revert": cls(scene.revert, after, before, {"reverted"}),
        }[name]
        upload = made.ask()
        watch = Stopwatch()
        upload.refresh_from_db()
        scene.workers.wait_for(upload.run_id)
        made.seconds = watch.seconds
        upload.refresh_from_db()
        assert (upload.state in made.states, whole_state.stated()) == (True, made.goal)
        made.inverse = whole_state.inverse(upload)
        scene.go_back(upload)
        return made


@pytest.fixture
def scene() -> Iterator[Scene]:
    made = Scene()
    yield made
    made.workers.close()


def one_kill(scene: Scene, untouched: Untouched, moment: float) -> str:
    """Kill the worker `moment` seconds into its work; return what it left, once all is as it should be."""
    scene.workers.start()
    upload = untouched.ask()
    scene.workers.work_for(moment)
    scene.workers.kill()
    upload.refresh_from_db()
    left, run = whole_state.stated(), Run.objects.get(pk=upload.run_id)
    assert left in (untouched.start, untouched.goal), "half done"
    # What the upload says of itself is in the transaction of the rows.
    assert (upload.state in untouched.states) is (left == untouched.goal)
    line = f"run {run.state:9} upload {upload.state:10} rows {'new' if left == untouched.goal else 'old'}"

    run = scene.finish(upload)
    assert (run.state, upload.state in untouched.states) == (State.SUCCEEDED, True)
    assert whole_state.stated() == untouched.goal
    assert whole_state.inverse(upload) == untouched.inverse
    assert RosterImport.objects.filter(pk=upload.pk, content=b"").exists()
    scene.go_back(upload)
    return f"{line}; then {upload.state} after {run.attempts} attempts"


def kill_often(scene: Scene, name: str, times: int) -> list[str]:
    """Kill at moments spread at random over the time that the work takes; return a line for each."""
    untouched = Untouched.of(scene, name)
    chance = random.Random(f"{SEED} {name} {times}")
    lines = []
    for number in range(1, times + 1):
        moment = chance.uniform(0, untouched.seconds)
        found = one_kill(scene, untouched, moment)
        share = f"{moment * 1000:5.0f} of {untouched.seconds * 1000:.0f} ms"
        lines.append(f"{name:8} {number:3} {share:>18}  {found}")
    return lines


def test_worker_killed_once_leaves_all_or_nothing_and_is_followed(scene: Scene) -> None:
    for name in ("apply", "approve", "revert"):
        assert kill_often(scene, name, 1)


@pytest.mark.full
def test_worker_killed_at_random_moments_loses_and_doubles_nothing(
    scene: Scene, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [line for name, times in OFTEN.items() for line in kill_often(scene, name, times)]
    with capsys.disabled():
        print("", "what      no.             moment  what was left, and what came of it", *lines, sep="\n")
    assert len(lines) >= 30
