"""The steps a sample district is made of; each app registers its own when it starts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Step:
    """One part of a sample district.

    name: what the progress line says; place: steps run in this order; run: dotted path of a function that
    takes the `Sample` and returns how many rows it wrote, imported only when a district is made.
    """

    name: str
    place: int
    run: str


_steps: dict[str, Step] = {}


def register(step: Step) -> None:
    """Make a step known; its name is unique. ValueError when another step has the name."""
    if _steps.get(step.name, step) != step:
        raise ValueError(f"two steps of the sample district are called {step.name}")
    _steps[step.name] = step


def steps() -> list[Step]:
    """Return every step, in the order in which they run."""
    return sorted(_steps.values(), key=lambda step: (step.place, step.name))
