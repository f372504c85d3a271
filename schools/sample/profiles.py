"""The sizes of sample districts, as in the readings (CTQ's small rural and midsized urban, a large urban one)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Profile:
    """How large a sample district is.

    enrollments: students' places in this year's sections; with no students, the district has no sections.
    observations: lesson observations per teacher over last year and this one.
    odd_schools: whether one school has fewer than five teachers, and one is seen by its principal alone.
    """

    code: str
    district: str
    schools: int
    teachers: int
    students: int
    enrollments: int
    observations: float
    odd_schools: bool

    @property
    def networks(self) -> int:
        """How many networks of 8 to 14 schools it has; none where one person supervises every principal."""
        return 0 if self.schools < 8 else max(1, round(self.schools / 10.4))


PROFILES = {
    profile.code: profile
    for profile in (
        Profile("small-rural", "Sedge Hollow School District", 2, 76, 1_256, 7_662, 5.25, False),
        Profile("midsized-urban", "Port Tamarack Public Schools", 41, 1_953, 23_185, 141_400, 5.25, True),
        Profile("large-urban", "Lindenmouth Public Schools", 169, 6_738, 98_361, 600_000, 5.25, True),
        Profile("largest", "Greater Alderhaven Schools", 1_600, 75_000, 0, 0, 2.0, True),
    )
}
