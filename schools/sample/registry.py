"""The steps a sample district is made of; each app registers its own when it starts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a sample district.

    name: what the progress line says; place: steps run in this order; run: dotted path of a function that
    takes the `Sample` and returns how many rows it wrote, imported only when a district is made. after_jobs: it
    follows from what the first jobs compute; its function takes nothing, and does nothing a second time.
    """

    name: str
    place: int
    run: str
    after_jobs: bool = False


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    """Make a step known; its name is unique. ValueError when another step has the name."""
    if _steps.get(step.name, step) != step:
        raise ValueError(f"two steps of the sample district are called {step.name}")
    _steps[step.name] = step


def steps(*, after_jobs: bool = False) -> list[Step]:
    """Return the steps before or after the first jobs, in the order in which they run."""
    found = (step for step in _steps.values() if step.after_jobs == after_jobs)
    return sorted(found, key=lambda step: (step.place, step.name))
