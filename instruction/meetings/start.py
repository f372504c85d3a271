"""What this package makes known when the application starts."""


def register() -> None:
    """Register the question, the sample district's step and what is held about persons."""
    from alignment_dash.access.persondata import registry as holdings
    from alignment_dash.ui import questions
    from instruction.meetings.person_data import DECISIONS, MEETINGS
    from instruction.meetings.questions import DECIDED
    from schools.sample import registry as sample

    questions.register(DECIDED)
    for holding in (MEETINGS, DECISIONS):
        holdings.register(holding)
    sample.register(sample.Step("meetings", 60, "instruction.meetings.sample.load_meetings"))
