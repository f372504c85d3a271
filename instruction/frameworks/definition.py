"""Read a framework from a YAML file; the files beside this module show what one looks like."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class ElementDefinition:
    """One element: `levels` are its descriptors from the lowest level up."""

    code: str
    name: str
    description: str
    proximity: int
    levels: tuple[str, ...]
    focus: bool = False
    competencies: tuple[str, ...] = ()
    grade_levels: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FrameworkDefinition:
    """A framework as a file says it; `dimensions` maps names to their elements, in order."""

    kind: str
    name: str
    label: str
    level_names: tuple[str, ...]
    dimensions: dict[str, tuple[ElementDefinition, ...]]
    proficient_level: int = 3

    @property
    def elements(self) -> list[ElementDefinition]:
        """Every element, in order."""
        return [element for elements in self.dimensions.values() for element in elements]


def read(path: Path) -> FrameworkDefinition:
    """Read and check one file. ValueError names the file and the fault."""
    try:
        definition = _framework(yaml.safe_load(path.read_text()))
    except (KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise ValueError(f"{path.name} is not a framework: {error!r}") from error
    codes = [element.code for element in definition.elements]
    if len(set(codes)) != len(codes):
        raise ValueError(f"{path.name}: two elements have the same code")
    for element in definition.elements:
        if len(element.levels) != len(definition.level_names):
            raise ValueError(f"{path.name}: {element.code} needs one descriptor for each level")
    if not 1 <= definition.proficient_level <= len(definition.level_names):
        raise ValueError(
            f"{path.name}: proficient_level must be one of the {len(definition.level_names)} levels"
        )
    return definition


def _framework(given: dict[str, Any]) -> FrameworkDefinition:
    return FrameworkDefinition(
        kind=given["kind"],
        name=given["name"],
        label=given["label"],
        level_names=tuple(given["level_names"]),
        dimensions={
            dimension["name"]: tuple(_element(element) for element in dimension["elements"])
            for dimension in given["dimensions"]
        },
        proficient_level=int(given.get("proficient_level", 3)),
    )


def _element(given: dict[str, Any]) -> ElementDefinition:
    return ElementDefinition(
        code=given["code"],
        name=given["name"],
        description=given["description"],
        proximity=given["proximity"],
        levels=tuple(given["levels"]),
        focus=given.get("focus", False),
        competencies=tuple(given.get("competencies", ())),
        grade_levels=tuple(given.get("grade_levels", ())),
        subjects=tuple(given.get("subjects", ())),
    )
