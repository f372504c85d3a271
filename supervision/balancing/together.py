"""The optimiser's answer with those kept together who share a school.

It places positions one by one and counts each. Principals who share a school and need a new supervisor are asked about
so, which holds every limit in true numbers and bounds the objective from below; where its answer parts some, all of
them go where most of them went, or, where the limits leave no room there, to somebody else, and the rest is placed
again.

Example by hand: supervisors 1 and 2 have two principals of average need each and may have three; A and B share a
school and have nobody. The first answer gives each supervisor one of them, at no cost. Kept together they make four
with either, so one of the others changes, which costs 1: three and three.
"""

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from supervision.balance.solve import balance, judged
from supervision.balance.types import Balance, Infeasible, Principal, Rules, Supervisor

# All answers together may take this many times what the rules give one.
PATIENCE = 2.0
LEAST_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class _Question:
    principals: Sequence[Principal]
    supervisors: Sequence[Supervisor]
    rules: Rules
    groups: Sequence[Sequence[int]]
    until: float

    def ask(self) -> Balance:
        seconds = max(self.until - time.monotonic(), LEAST_SECONDS)
        return balance(self.principals, self.supervisors, replace(self.rules, seconds=seconds))

    def with_all_of(self, group: Sequence[int], supervisor: int) -> "_Question":
        only = frozenset({supervisor})
        changed = [replace(one, allowed=only) if one.id in group else one for one in self.principals]
        return replace(self, principals=changed)

    def hosts(self, group: Sequence[int], answer: Balance) -> list[int]:
        """Return who may have the group: first who was given most of it, then who has the most room."""
        given = Counter(answer.assigned[one] for one in group)
        held = Counter(answer.assigned.values())
        allowed = [one.allowed for one in self.principals if one.id in group]
        able = [
            one
            for one in self.supervisors
            if one.available and all(ids is None or one.id in ids for ids in allowed)
        ]
        able.sort(key=lambda one: (-given[one.id], held[one.id] - one.most, one.id))
        return [one.id for one in able if one.most >= len(group)]


def balance_together(
    principals: Sequence[Principal],
    supervisors: Sequence[Supervisor],
    rules: Rules,
    groups: Sequence[Sequence[int]] = (),
) -> Balance:
    """Return what supervision.balance.solve.balance does, with the principals of each group (ids) in one caseload.

    The bound is that of the answer that may part them. A conflict of kind "together": nothing but going together is
    in the way, and `nearest` is what one place for its `principals` would take. ValueError: as there.
    """
    started = time.monotonic()
    first = balance(principals, supervisors, rules)
    if not parted(first.assigned, groups):
        return first
    question = _Question(principals, supervisors, rules, groups, started + PATIENCE * rules.seconds)
    found = _placed(question, first)
    seconds = time.monotonic() - started
    if found.conflict is not None:
        return replace(found, seconds=seconds)
    bound = min(first.bound, found.objective)
    gap, status = judged(found.objective, bound, rules)
    return replace(found, bound=bound, gap=gap, status=status, seconds=seconds)


def parted(assigned: Mapping[int, int], groups: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    """Return the groups that caseloads (supervisor by principal; empty: none were found) hold only a part of."""
    return [group for group in groups if len({assigned.get(one) for one in group}) > 1]


def _placed(question: _Question, answer: Balance) -> Balance:
    """Return the answer with every group in one caseload, trying a group's hosts in turn; else why there is none."""
    left = parted(answer.assigned, question.groups)
    if not left:  # also where there is no answer, but a conflict
        return answer
    group = left[0]
    refused: list[Infeasible] = []
    for host in question.hosts(group, answer):
        if refused and time.monotonic() > question.until:
            return _without(Infeasible("unsettled", (), (), 0, 0))
        asked = question.with_all_of(group, host)
        found = _placed(asked, asked.ask())
        if found.conflict is None:
            return found
        refused.append(found.conflict)
    return _without(_conflict(group, refused))


def _conflict(group: Sequence[int], refused: Sequence[Infeasible]) -> Infeasible:
    """Return the conflict of a group whom nobody can have, with the smallest help that leaves the group together."""
    if any(one.kind == "unsettled" for one in refused):
        return Infeasible("unsettled", (), (), 0, 0)
    helping = [
        one for one in refused if one.nearest and not any(each.principal in group for each in one.nearest)
    ]
    best = min(helping, key=lambda one: one.units, default=None)
    return Infeasible(
        kind="together",
        principals=tuple(group),
        supervisors=tuple(one.supervisor for one in best.nearest if one.supervisor) if best else (),
        positions=len(group),
        places=0,
        nearest=best.nearest if best else (),
        units=best.units if best else 0,
        fewest=False,
    )


def _without(conflict: Infeasible) -> Balance:
    status = "unsettled" if conflict.kind == "unsettled" else "infeasible"
    return Balance({}, status, conflict=conflict)
