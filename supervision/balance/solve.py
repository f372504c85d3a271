"""The doors of this package: caseloads as even as the limits and relationships allow, and the rule of thumb."""

import time
from collections.abc import Sequence

from supervision.balance.explain import moves_of
from supervision.balance.instance import Instance, Ints, instance_of
from supervision.balance.limits import first_allowed
from supervision.balance.rule import by_rule
from supervision.balance.search import search
from supervision.balance.types import Balance, Principal, Rules, Supervisor

# A gap below this is a matter of rounding.
OPTIMAL = 1e-5


def balance(
    principals: Sequence[Principal], supervisors: Sequence[Supervisor], rules: Rules | None = None
) -> Balance:
    """Return caseloads of least cost under the limits, with a proven lower bound; see Rules and Balance.

    Work is counted in rounds and nodes, and the clock is the last resort: the same input gives the same caseloads as
    long as the answer took less than 0.6 of rules.seconds (up to 21 supervisors: less than all of it), and may give
    others where it took longer. Objective, bound and gap are true in either case. ValueError: an id given twice, a need that is
    no number in 0 to 50, a least above most, a negative weight.
    """
    started = time.monotonic()
    rules = rules or Rules()
    instance = instance_of(principals, supervisors, rules)
    ruled = by_rule(instance)
    known, conflict = (ruled, None) if ruled is not None else first_allowed(instance, started + rules.seconds)
    if known is None:
        is_open = conflict is not None and conflict.kind == "unsettled"
        status = "unsettled" if is_open else "infeasible"
        return Balance({}, status, seconds=time.monotonic() - started, conflict=conflict)
    if len(known):
        best, bound = search(instance, known, started)
    else:
        best, bound = known, instance.objective(known)
    return _answer(instance, best, bound, ruled, started)


def _answer(instance: Instance, best: Ints, bound: float, ruled: Ints | None, started: float) -> Balance:
    objective = instance.objective(best)
    bound = min(bound, objective)
    gap, status = judged(objective, bound, instance.rules)
    present = instance.present()
    return Balance(
        assigned={
            one.id: instance.supervisors[place].id
            for one, place in zip(instance.principals, best.tolist(), strict=True)
        },
        status=status,
        objective=objective,
        bound=bound,
        gap=gap,
        greedy_objective=None if ruled is None else instance.objective(ruled),
        before_objective=instance.objective(present) if instance.is_allowed(present) else None,
        seconds=time.monotonic() - started,
        moves=moves_of(instance, best),
    )


def judged(objective: float, bound: float, rules: Rules) -> tuple[float, str]:
    """Return the gap and the status, as Balance states them, of caseloads that were found."""
    gap = (objective - bound) / objective if objective > 0 else 0.0
    return gap, "optimal" if gap <= OPTIMAL else "within" if gap <= rules.gap else "stopped"


def greedy(
    principals: Sequence[Principal], supervisors: Sequence[Supervisor], rules: Rules | None = None
) -> dict[int, int] | None:
    """Return the caseloads of the rule a person would use; None where it ends in none that the limits allow.

    Mend what breaks a limit, then move the principal from the fullest to the emptiest caseload that helps most,
    as long as it helps.
    """
    instance = instance_of(principals, supervisors, rules or Rules())
    ruled = by_rule(instance)
    if ruled is None:
        return None
    return {
        one.id: instance.supervisors[place].id
        for one, place in zip(instance.principals, ruled.tolist(), strict=True)
    }
