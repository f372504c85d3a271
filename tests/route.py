"""What a row of the table of routes says, and which roles the written policy lets have it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from alignment_dash.access.policy import POLICY, Action, Data, Reach
from alignment_dash.access.roles import Role
from tests.factories import SmallDistrict

Maker = Callable[[SmallDistrict], dict[str, Any]]


def nothing(district: SmallDistrict) -> dict[str, Any]:
    return {}


@dataclass(frozen=True)
class Route:
    """One way to ask one route.

    data: the kind of data it needs; None: anyone signed in. public: also without signing in.
    place: index of the school in `SmallDistrict.schools` that it is about; None when it is about no one school.
    kwargs: of the URL. ok: the status for those who may. page: an HTML page that browsers tests look at.
    """

    name: str
    data: Data | None = None
    # What it needs where that is not to view (get) or to change (everything else).
    action: Action | None = None
    public: bool = False
    place: int | None = None
    kwargs: Maker = field(default=nothing)
    method: str = "get"
    body: Maker = field(default=nothing)
    ok: int = 200
    # For someone signed in, where that differs.
    ok_signed_in: int | None = None
    page: bool = True
    query: str = ""

    @property
    def label(self) -> str:
        return f"{self.method} {self.name}{'' if self.place is None else f' of school {self.place + 1}'}{self.query}"


# Where the cast stands: the schools that each reach comes to, by their place in the small district.
PLACES = {Reach.DISTRICT: {0, 1, 2}, Reach.SCHOOLS: {0}, Reach.CASELOAD: {0, 1}, Reach.OWN: set()}


def may(role: Role, route: Route) -> bool:
    """Say whether the written policy lets `role` have `route`."""
    if route.public or route.data is None:
        return True
    action = route.action or (Action.VIEW if route.method == "get" else Action.CHANGE)
    rule = POLICY.get((role, route.data, action))
    if rule is None:
        return False
    return route.place is None or route.place in PLACES[rule.reach]


def school(place: int) -> Maker:
    return lambda district: {"uid": district.schools[place].uid}
