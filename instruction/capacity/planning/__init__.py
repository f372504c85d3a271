"""The evidence plan: what to look at next, so that more is known about which schools are the neediest."""

from instruction.capacity.planning.plan import Leaders, Plan, VideoSuggestion, VisitingObservers
from instruction.capacity.planning.planner import plan_visits
from instruction.capacity.planning.rules import DEFAULT_PLAN_RULES, PlanRules
from instruction.capacity.planning.videos import suggest_videos

__all__ = [
    "DEFAULT_PLAN_RULES",
    "Leaders",
    "Plan",
    "PlanRules",
    "VideoSuggestion",
    "VisitingObservers",
    "plan_visits",
    "suggest_videos",
]
