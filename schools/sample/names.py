"""Invented names: people from common given names and made-up family names, schools from trees, water and land."""

import unicodedata
from functools import cache
from pathlib import Path

import numpy as np
import yaml

_KIND = {
    "elementary": "Elementary School",
    "k8": "K-8 School",
    "middle": "Middle School",
    "high": "High School",
    "other": "Alternative School",
}


@cache
def words(kind: str) -> list[str]:
    """Return a list of words.yaml."""
    lists: dict[str, str] = yaml.safe_load(Path(__file__).with_name("words.yaml").read_text())
    return lists[kind].split()


def family_names() -> list[str]:
    """Return every family name the generator knows, without those that well-known people bear."""
    firsts, lasts = words("family_first"), words("family_last")
    made = {first + last for first in firsts for last in lasts if first[-1].lower() != last[0]}
    return sorted(made - set(words("well_known")))


def people(count: int, rng: np.random.Generator) -> list[tuple[str, str, str]]:
    """Return `count` different (given name, family name, e-mail at sample.example). ValueError beyond the supply."""
    given, families = words("given"), family_names()
    supply = len(given) * len(families)
    if count > supply:
        raise ValueError(f"there are only {supply} names")
    chosen = rng.choice(supply, size=count, replace=False).tolist()
    named = [(given[at % len(given)], families[at // len(given)]) for at in chosen]
    return [(one, two, f"{_plain(one)}.{_plain(two)}@sample.example") for one, two in named]


def schools(levels: list[str], rng: np.random.Generator) -> list[str]:
    """Return a different name for each school; its ending tells the level."""
    stems = _stems(len(levels), rng)
    return [f"{stem} {_KIND[level]}" for stem, level in zip(stems, levels, strict=True)]


def networks(count: int, rng: np.random.Generator) -> list[str]:
    """Return `count` different names of networks."""
    first = words("place_first")
    numbers = range((count - 1) // len(first) + 1)
    stems = [f"{word} {number + 1}" if number else word for number in numbers for word in first]
    return [
        f"{stems[at]} Network" for at in sorted(rng.choice(len(stems), size=count, replace=False).tolist())
    ]


def _stems(count: int, rng: np.random.Generator) -> list[str]:
    pairs = [
        f"{first} {last}" for first in words("place_first") for last in words("place_last") if first != last
    ]
    return [pairs[at] for at in rng.choice(len(pairs), size=count, replace=False).tolist()]


def _plain(name: str) -> str:
    return unicodedata.normalize("NFD", name).encode("ascii", "ignore").decode().lower()
