"""What this package makes known when the application starts."""


def register() -> None:
    """Register the question, the tool, the sample district's step and what is held about persons."""
    from django.utils.translation import gettext_lazy as _

    from alignment_dash.access.persondata import registry as holdings
    from alignment_dash.access.policy import Action, Data
    from alignment_dash.ui import questions
    from schools.sample import registry as sample
    from supervision.timelog import person_data
    from supervision.timelog.questions import TIME

    questions.register(TIME)
    questions.register_tool(
        questions.Tool(
            _("Enter time"), "supervision:quick-entry", Data.SUPERVISOR_TIME, place=5, action=Action.CHANGE
        )
    )
    for holding in person_data.HOLDINGS:
        holdings.register(holding)
    sample.register(sample.Step("time", 62, "supervision.timelog.sample.load_time"))
