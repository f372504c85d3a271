"""Balancing caseloads and the need index: arrays and small dataclasses in and out, no Django."""

from supervision.balance.index import NeedIndex, Part, Parts, Weights, needs
from supervision.balance.solve import balance, greedy
from supervision.balance.types import (
    Balance,
    Infeasible,
    Move,
    Principal,
    Relaxation,
    Rules,
    Supervisor,
)

__all__ = [
    "Balance",
    "Infeasible",
    "Move",
    "NeedIndex",
    "Part",
    "Parts",
    "Principal",
    "Relaxation",
    "Rules",
    "Supervisor",
    "Weights",
    "balance",
    "greedy",
    "needs",
]
