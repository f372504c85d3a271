"""The days of a sample district: last school year and this one, as far as it has come."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from alignment_dash import schoolyear

_BREAKS = (((11, 23), (11, 27)), ((12, 21), (12, 31)), ((1, 1), (1, 3)), ((3, 22), (3, 26)))


@dataclass(frozen=True, slots=True)
class Calendar:
    """Days as ordinals (date.toordinal). `year` is the current school year; a teacher's year begins on its first day."""

    today: int
    year: int

    @classmethod
    def of(cls, day: date) -> "Calendar":
        """Return the calendar as it is on `day`."""
        return cls(day.toordinal(), schoolyear.year_of(day))

    def first_day(self, year: int) -> int:
        """Return the first day of a school year."""
        return schoolyear.bounds(year)[0].toordinal()

    @property
    def this_year(self) -> int:
        """The first day of the current school year."""
        return self.first_day(self.year)

    def school_days(self, year: int) -> npt.NDArray[np.int64]:
        """Return the days of a year on which students are in school: weekdays from August 17 to June 5, less breaks."""
        first, last = date(year - 1, 8, 17).toordinal(), date(year, 6, 5).toordinal()
        return np.array([day for day in range(first, last + 1) if _is_open(date.fromordinal(day))], np.int64)

    def days_so_far(self) -> npt.NDArray[np.int64]:
        """Return the school days of last year and of this one up to today."""
        days = np.concatenate([self.school_days(self.year - 1), self.school_days(self.year)])
        return days[days <= self.today]


def _is_open(day: date) -> bool:
    on = (day.month, day.day)
    return day.weekday() < 5 and not any(start <= on <= end for start, end in _BREAKS)
