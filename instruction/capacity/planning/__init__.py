"""The evidence plan: what to look at next, so that more is known about which schools are the neediest."""

from instruction.capacity.planning.plan import Leaders, Plan, VisitingObservers
from instruction.capacity.planning.planner import plan_visits
from instruction.capacity.planning.rules import DEFAULT_PLAN_RULES, PlanRules

__all__ = [
    "DEFAULT_PLAN_RULES",
    "Leaders",
    "Plan",
    "PlanRules",
    "VisitingObservers",
    "plan_visits",
]
