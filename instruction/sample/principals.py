"""Decide who observes which principal when, and how their leadership grows, in a sample district."""

from dataclasses import dataclass

import numpy as np

from schools.sample.plan_places import Floats, Ints
from schools.sample.plan_staff import OPEN
from schools.sample.sample import Sample

# Of principals who have been at their school since the year before last, how many are observed since then, and how
# often. Of each network one of them is rising, and observed that often again in the last school days.
SHARE_LONG = 0.6
LONG_VISITS = 9
LATELY = 70
# By how many levels the rising rose, between how many days ago; and anyone else observed for long rose or fell a year.
RISE, BEGAN, ENDED = 1.5, 300, 60
DRIFT = 0.15
_DAYS_OF_A_YEAR = 365.25


@dataclass(frozen=True, slots=True)
class Visits:
    """One entry per observation of a principal: place of the school, place of the supervisor, and the day.

    long: places of the schools whose principal is observed since the year before last; rising: of those who rise.
    """

    school: Ints
    supervisor: Ints
    day: Ints
    long: Ints
    rising: Ints


def plan_visits(sample: Sample, rng: np.random.Generator) -> Visits:
    """Return observations of every principal since last year, and of some since the year before.

    Each network's supervisor sees its principals, and some visits are the next network's supervisor's, so that
    supervisors can be told apart. Who is observed since the year before is observed evenly from its first weeks until
    now, so that growth can be told of them: of nobody else.
    """
    days, network = sample.calendar.days_so_far(), np.maximum(sample.places.network, 0)
    since = np.concatenate([sample.calendar.school_days(sample.calendar.year - 2), days])
    long = _stayed(sample)
    long = long[rng.random(len(long)) < SHARE_LONG]
    rising = long[np.unique(network[long], return_index=True)[1]]
    everyone = np.repeat(
        np.arange(len(sample.places.network)), rng.integers(3, 7, len(sample.places.network))
    )
    parts = (
        (everyone, 0.1, rng.choice(days, len(everyone))),
        (np.repeat(long, LONG_VISITS), 0.1, _evenly(since, len(long), rng)),
        (np.repeat(rising, LONG_VISITS), 0.5, _evenly(days[-LATELY:], len(rising), rng)),
    )
    school = np.concatenate([part[0] for part in parts])
    away = np.concatenate([rng.random(len(part[0])) < part[1] for part in parts])
    supervisor = (network[school] + away) % len(sample.staff.supervisor)
    return Visits(school, supervisor, np.concatenate([part[2] for part in parts]), long, rising)


def growth(sample: Sample, planned: Visits, elements: int, rng: np.random.Generator) -> Floats:
    """Return (visits, elements): by how many levels each stood below where it stands today."""
    ago = sample.calendar.today - planned.day
    drift = np.zeros((len(sample.places.network), elements))
    drift[planned.long] = rng.uniform(-DRIFT, DRIFT, (len(planned.long), elements))
    rises = np.zeros((len(sample.places.network), elements))
    rises[planned.rising] = RISE * rng.uniform(0.6, 1.1, (len(planned.rising), elements))
    risen = np.clip((ago - ENDED) / (BEGAN - ENDED), 0.0, 1.0)
    return np.asarray(
        drift[planned.school] * (ago / _DAYS_OF_A_YEAR)[:, None] + rises[planned.school] * risen[:, None]
    )


def _stayed(sample: Sample) -> Ints:
    """Return the places of the schools whose principal has been there since the year before last."""
    spells = sample.staff.spells
    first = sample.calendar.first_day(sample.calendar.year - 2)
    held = [
        at
        for at in spells.where("principal").tolist()
        if spells.end[at] == OPEN and spells.start[at] <= first
    ]
    return np.unique(np.array([spells.org[at] for at in held], np.int64) - sample.places.first_school)


def _evenly(days: Ints, people: int, rng: np.random.Generator) -> Ints:
    """Return LONG_VISITS days for each of so many people, spread over `days` from the first to the last."""
    at = np.linspace(0, len(days) - 1, LONG_VISITS) + rng.integers(-6, 7, (people, LONG_VISITS))
    return days[np.clip(np.round(at), 0, len(days) - 1).astype(np.int64)].ravel()
