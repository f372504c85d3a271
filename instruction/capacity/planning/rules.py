"""Rules of the evidence plan: what a visit costs, and what may be asked of a school and an observer."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PlanRules:
    """Named defaults; costs in minutes, counted for the visitor and for who comes along.

    lesson_minutes: one lesson, watched in full: a usual class period.
    conference_minutes: the two observers compare their ratings after each lesson, evidence first. An assumption.
    travel_minutes: there and back, for the visitor alone, once a trip. An assumption for a city or a county.
    lessons_per_trip: lessons a visitor sees on one morning at one school.
    neediest: the share of schools that support can reach: who is among them is what the plan wants to know.
    everywhere: weight that a school has however clear its place; above 0 the plan also betters the order of the
        schools that are clear, at the cost of the others. At 0.3 it does so about half as well as can be.
    least_weight: schools that are this much less open than the most open one are left out of the search.
    most_schools: of the rest, only the most open ones are searched.
    most_people: and of these only so many that no more people have rated lessons there. What is known of them is
        one dense matrix, whose memory grows with their square: 4,000 take 0.2 GB, and a few times that in passing.
    most_visitors: of visitors with lessons left, so many are tried for each trip, the best known ones first.
    at_once: share of the visits chosen before the uncertainty is worked out anew.
    """

    lesson_minutes: float = 45.0
    conference_minutes: float = 20.0
    travel_minutes: float = 40.0
    lessons_per_trip: int = 2
    neediest: float = 0.20
    everywhere: float = 0.0
    least_weight: float = 0.02
    most_schools: int = 400
    most_people: int = 4000
    most_visitors: int = 400
    at_once: float = 0.04

    def hours(self, n_lessons: int, n_ratings: int) -> float:
        """Hours of all observers for one trip of `n_lessons` that give `n_ratings` ratings."""
        minutes = n_ratings * self.lesson_minutes + self.travel_minutes
        minutes += self.conference_minutes * 2.0 * (n_ratings - n_lessons)
        return minutes / 60.0


DEFAULT_PLAN_RULES = PlanRules()
