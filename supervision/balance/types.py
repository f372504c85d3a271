"""What a balance of caseloads is asked with and what it answers. Ids are the caller's; nothing here reads a table."""

from dataclasses import dataclass, field

# Needs are read to the nearest tenth of a principal of average need, finer than the index's own interval.
GRID = 10


@dataclass(frozen=True, slots=True)
class Principal:
    """One position of a caseload: a principal with all of their schools, or a vacant position (any unused id).

    need: our need index, 0 to 50, 1 is the district's average (a vacant position: 1). current: the supervisor now,
    None for nobody. network: of the school, None where there is none. allowed: the only supervisors who may have
    them, None for any; the present one counts only if in it. pinned: stays with `current` whatever else is said.
    """

    id: int
    need: float
    current: int | None
    network: int | None = None
    level: str = ""
    schools: tuple[int, ...] = ()
    pinned: bool = False
    allowed: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Supervisor:
    """A principal supervisor: least and most positions, the networks and levels looked after (empty: any).

    Not available: leaves, keeps nobody, and the limits do not count.
    """

    id: int
    least: int
    most: int
    networks: frozenset[int] = frozenset()
    levels: frozenset[str] = frozenset()
    available: bool = True


@dataclass(frozen=True, slots=True)
class Rules:
    """What counts for how much; every weight is 0 or more, in units of one broken relationship at the default.

    need_weight: an average principal's need away from the mean load (twice that beyond two). count_weight: a
    position away from the mean count, rounded to either side. change_cost: a principal who changes from a supervisor
    who could stay. network_cost, level_cost: a principal outside the networks or levels of the supervisor: those
    stated, else those of the present caseload. hard_*: outside the stated ones is not possible. most_changes:
    principals who leave a supervisor who could stay, at most. seconds: stop then with the best so far; gap: stop
    when proven to be this near the lower bound, relative to the objective.
    """

    change_cost: float = 1.0
    need_weight: float = 1.0
    count_weight: float = 0.5
    network_cost: float = 1.0
    level_cost: float = 0.25
    most_changes: int | None = None
    hard_networks: bool = False
    hard_levels: bool = False
    seconds: float = 30.0
    gap: float = 0.01

    @property
    def largest_weight(self) -> float:
        """Return the largest of the costs, their scale."""
        return max(self.change_cost, self.need_weight, self.count_weight, self.network_cost, self.level_cost)


@dataclass(frozen=True, slots=True)
class Move:
    """One principal who would change. before: None where nobody had them.

    effects, numbers by name: need_from_before, need_from_after, count_from_before, count_from_after (without `before`
    absent), need_to_before, need_to_after, count_to_before, count_to_after: the two caseloads now and with every move
    of the proposal; network_kept and level_kept: 1 where the new supervisor has the network or level, else 0;
    forced: 1 where the present supervisor leaves or may not have them; undone_costs: how much the objective
    rises if this move alone is undone (absent where undoing it breaks a limit or there is nobody to go back to).
    """

    principal: int
    before: int | None
    after: int
    effects: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Relaxation:
    """One limit to change, so that caseloads become possible.

    kind: "most" or "least" (of `supervisor`), "changes" (of all), from `now` to `to`; "outside": `principal` may go
    to `supervisor` though networks, levels or `allowed` speak against it; "pin": `principal` is no longer pinned and
    goes to `supervisor`.
    """

    kind: str
    supervisor: int | None = None
    principal: int | None = None
    now: int | None = None
    to: int | None = None


@dataclass(frozen=True, slots=True)
class Infeasible:
    """Limits that cannot hold together, and the fewest changes to limits that make caseloads possible.

    kind, and what is proven by it:
    "no-supervisor": nobody is available.
    "too-few-places": `principals` may be with nobody but `supervisors`; they are `positions`, and these have `places`,
    fewer. "too-many-asked": `supervisors` ask for `places` together, and no more than `positions` may be with any of
    them, `principals`. "changes": by the other limits at least `positions` must change, and `places` may.
    "both", "several": no one count shows it. Named are those whose limits weigh in the nearest linear program: least
    of some and most of others; in "several" also the changes allowed, or limits of single principals.
    "unsettled": the time ended before caseloads were found or shown to be impossible; `nearest`, if any, would do.

    units: how many units the nearest needs. fewest: proven that no fewer do.
    """

    kind: str
    principals: tuple[int, ...]
    supervisors: tuple[int, ...]
    positions: int
    places: int
    nearest: tuple[Relaxation, ...] = ()
    units: int = 0
    fewest: bool = True


@dataclass(frozen=True, slots=True)
class Balance:
    """Caseloads and how good they are proven to be.

    assigned: supervisor by principal (empty where infeasible). status: "optimal" (proven), "within" (the gap asked
    for), "stopped" (wider than that), "infeasible", "unsettled" (no caseloads found in time; conflict says more). objective and bound: of Rules' costs, bound never above the best possible;
    gap: (objective - bound) / objective, 0 for two zeros. before_objective: of the caseloads as they are, None where
    they break a limit. greedy_objective: of the rule a person would use, None where it ends in a broken limit. seconds: taken. moves: in the order of what
    undoing them would cost, largest first.
    """

    assigned: dict[int, int]
    status: str
    objective: float = 0.0
    bound: float = 0.0
    gap: float = 0.0
    greedy_objective: float | None = None
    before_objective: float | None = None
    seconds: float = 0.0
    moves: tuple[Move, ...] = ()
    conflict: Infeasible | None = None
