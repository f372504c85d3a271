"""What this package makes known when the application starts."""

from django.utils.translation import gettext_lazy as _


def register() -> None:
    """Register the page, the job, the sample district's step and what is held about persons."""
    from alignment_dash.access.persondata import registry as holdings
    from alignment_dash.access.policy import Action, Data
    from alignment_dash.runs import registry
    from alignment_dash.ui import questions
    from schools.sample import registry as sample
    from supervision.balancing import actions, solving
    from supervision.balancing.person_data import LIMITS, PROPOSALS

    for holding in (LIMITS, PROPOSALS):
        holdings.register(holding)
    registry.register(
        registry.Job(
            kind=actions.KIND,
            label="Balance of caseloads",
            perform=solving.perform,
            failed=solving.failed,
            subjects=lambda year: [],
            publishes=False,
            nightly=False,
        )
    )
    questions.register_tool(
        questions.Tool(
            _("Balance caseloads"), "supervision:balance", Data.CASELOADS, place=14, action=Action.CHANGE
        )
    )
    sample.register(sample.Step("limits of supervisors", 62, "supervision.balancing.sample.load_limits"))
