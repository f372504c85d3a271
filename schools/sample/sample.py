"""What the steps of a sample district share: the plan, what has been written so far, and the truth behind it."""

import zlib
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from schools.sample.calendar import Calendar
from schools.sample.plan_places import Ints, Places, plan_places
from schools.sample.plan_staff import Staff, plan_staff
from schools.sample.profiles import Profile

SYSTEM = "sample"


@dataclass(slots=True)
class SignIn:
    """One user of the sample district, and how they sign in."""

    role: str
    label: str
    email: str
    password: str


@dataclass(slots=True)
class Sample:
    """A sample district in the making.

    orgs: database ids of the district, departments, networks and schools, in this order; people: of everyone
    of `staff`; assignments: of `staff.spells`, both in their order; observed: how often each of `staff` was
    observed this year, filled by the step that writes observations; truth: arrays for --truth, by name;
    sign_ins: filled by the step that makes users.
    """

    profile: Profile
    seed: int
    calendar: Calendar
    places: Places
    staff: Staff
    orgs: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    people: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    assignments: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    observed: Ints = field(default_factory=lambda: np.empty(0, np.int64))
    truth: dict[str, npt.NDArray[Any]] = field(default_factory=dict)
    sign_ins: list[SignIn] = field(default_factory=list)

    def rng(self, name: str) -> np.random.Generator:
        """Return the random numbers of one step: they do not depend on what other steps drew."""
        return _rng(self.seed, name)

    @property
    def schools(self) -> Ints:
        """Database ids of the schools."""
        return self.orgs[self.places.first_school :]


def plan(profile: Profile, *, seed: int, today: date) -> Sample:
    """Decide a district as it is on `today`; nothing is written."""
    calendar = Calendar.of(today)
    places = plan_places(profile, _rng(seed, "places"))
    staff = plan_staff(profile.teachers, places, calendar, _rng(seed, "staff"))
    return Sample(profile, seed, calendar, places, staff)


def _rng(seed: int, name: str) -> np.random.Generator:
    return np.random.default_rng([seed, zlib.crc32(name.encode())])
