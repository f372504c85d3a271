"""A framework as data; the YAML files beside this module show what one looks like as a file."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
# What a district can begin with, by the names of the files beside this module.
SHIPPED = {
    "supervision-dl2": "Principal Supervisor Performance Standards 2.0 (DL2)",
    "supervision-ccsso": "Model Principal Supervisor Professional Standards (CCSSO 2015)",
}


@dataclass(frozen=True, slots=True)
class ElementDefinition:
    """One element: `levels` are its descriptors from the lowest level up, "" for one that a draft lacks.

    grade_levels, subjects, roles: who it applies to, nothing for everyone. carries: codes of earlier elements whose
    ratings count as ratings of this one; came_from: of those it also came from; origin_note says what changed.
    """

    code: str
    name: str
    description: str
    proximity: int
    levels: tuple[str, ...]
    focus: bool = False
    competencies: tuple[str, ...] = ()
    grade_levels: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    came_from: tuple[str, ...] = ()
    origin_note: str = ""


@dataclass(frozen=True, slots=True)
class FrameworkDefinition:
    """A framework as a file says it; `dimensions` maps names to their elements, in order."""

    kind: str
    name: str
    label: str
    level_names: tuple[str, ...]
    dimensions: dict[str, tuple[ElementDefinition, ...]]
    proficient_level: int = 3
    first_school_year: int | None = None

    @property
    def elements(self) -> list[ElementDefinition]:
        """Every element, in order."""
        return [element for elements in self.dimensions.values() for element in elements]


def read(path: Path) -> FrameworkDefinition:
    """Read one YAML file and check that it is complete. ValueError names the file and the fault."""
    from instruction.frameworks.files import Unreadable, from_yaml

    try:
        definition = from_yaml(path.read_bytes())
    except Unreadable as unreadable:
        raise ValueError(f"{path.name} is not a framework: {' '.join(unreadable.faults)}") from unreadable
    for element in definition.elements:
        if len(element.levels) != len(definition.level_names) or not all(element.levels):
            raise ValueError(f"{path.name}: {element.code} needs one descriptor for each level")
    return definition
