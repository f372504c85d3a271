"""A worker killed at any moment: an import is there wholly or not at all, and another worker ends it.

A district that holds roster A is sent roster B, in which people and enrollments have come, changed and gone. A
real worker process applies it, applies it after an approval, or reverts it, and is killed. Whatever the moment,
the district is as A or as B says; then the work is taken up again, and at the end the district, the run, the
upload and the way back are those of an untouched import: nothing lost, nothing doubled.
"""

import random
from collections.abc import Iterator

import pytest

from alignment_dash.runs.models import Run, State
from schools.models import RosterImport
from tests.schools import whole_state
from tests.schools.import_scene import Scene, Untouched

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
SEED = 3
OFTEN = {"apply": 16, "approve": 10, "revert": 10}


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
    line += f"; then {upload.state} after {run.attempts} attempts"
    scene.go_back(upload)
    return line


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
