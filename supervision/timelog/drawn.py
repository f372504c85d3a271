"""Weeks as bars, in the units of a drawing 120 wide and 32 high."""

from dataclasses import dataclass

from supervision.timelog.queries import Week

WIDTH, HEIGHT, GAP = 120, 32, 2


@dataclass(frozen=True, slots=True)
class Bar:
    """One week: how far from the left and from the top its bar begins, how high it is; height 0: nothing entered."""

    x: float
    y: float
    width: float
    height: float
    lead: float
    lead_y: float


def bars(weeks: list[Week]) -> list[Bar]:
    """Return a bar a week: the share with principals, and in it the share on leadership."""
    step = WIDTH / max(len(weeks), 1)
    made = []
    for place, week in enumerate(weeks):
        whole, lead = (
            round(HEIGHT * (share or 0.0), 1) for share in (week.with_principals, week.on_leadership)
        )
        made.append(
            Bar(
                round(place * step, 1),
                round(HEIGHT - whole, 1),
                round(step - GAP, 1),
                whole,
                lead,
                round(HEIGHT - lead, 1),
            )
        )
    return made
