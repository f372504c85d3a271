"""What this package makes known when the application starts."""

from django.utils.translation import gettext_lazy as _


def register() -> None:
    """Register pages, what a principal's growth is drawn with, the sample's step and what is held about persons."""
    from alignment_dash.access.persondata import registry as holdings
    from alignment_dash.access.policy import Data
    from alignment_dash.ui.questions import Tool, register_tool
    from instruction.leadership import lines
    from schools.sample import registry as sample
    from supervision.growth import given
    from supervision.growth.person_data import SUPPORT

    register_tool(Tool(_("Supervisors' own growth"), "supervision:support-list", Data.SUPERVISOR_SUPPORT, 7))
    lines.register("visits", given.VISITS)
    lines.register("supervisors-time", given.TIME)
    holdings.register(SUPPORT)
    sample.register(sample.Step("support of supervisors", 73, "supervision.growth.sample.load_support"))
