"""A district in the middle of its rosters, for tests that disturb an import; see `test_kills.py`."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from alignment_dash.access.models import User
from alignment_dash.runs import uploads
from alignment_dash.runs.models import Run
from bench.roster_bundle import Content, changed, content, shuffled, zipped
from schools.imports import actions
from schools.imports.importing import KIND
from schools.models import HoldLimits, RosterImport
from tests.schools import whole_state
from tests.schools.worker_process import Stopwatch, Workers

A = content(schools=6, teachers=90, students=1_500, enrollments_each=4)
B = changed(A, seed=7)
APPLIED = {"applied", "applied-with-messages"}


class Scene:
    """The district with `first` in it, and the workers that import `then` into it."""

    def __init__(self, first: Content = A, then: Content = B) -> None:
        self._then = then
        self.workers = Workers()
        self.workers.start()
        self.by = User.objects.create(email="data@elm.example", name="Data administrator")
        self._sent = 0
        self.finish(self.send(first))
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
        """Ask for the next roster."""
        return self.send(self._then)

    def approve(self) -> RosterImport:
        """Have the next roster held and ask for it by an approval."""
        limits = HoldLimits.objects.create(id=1, end_percent=0, end_floor=0)
        upload = self.send(self._then)
        self.finish(upload)
        limits.delete()
        assert upload.state == "held"
        assert whole_state.stated() == self.before
        actions.approve_roster(roster_import=upload, plan_hash=upload.plan_hash, by=self.by)
        return upload

    def revert(self) -> RosterImport:
        """Have the next roster applied and ask for the way back."""
        upload = self.send(self._then)
        self.finish(upload)
        actions.revert_roster(roster_import=upload, by=self.by)
        return upload

    def go_back(self, upload: RosterImport) -> None:
        """Have the first roster again, where the next is applied."""
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
