"""What this package makes known when the application starts."""

from django.utils.translation import gettext_lazy as _


def register() -> None:
    """Register pages, jobs, sample steps and what is held about persons."""
    from alignment_dash.access.persondata import registry as holdings
    from alignment_dash.access.policy import Data
    from alignment_dash.runs import registry
    from alignment_dash.ui import questions
    from instruction.leadership import KIND, KIND_EVALUATIVE, KIND_OF_TERMS, tasks
    from instruction.leadership.person_data import LEADERSHIP, SELF_ASSESSMENTS
    from instruction.leadership.questions import LEADING
    from schools.sample import registry as sample

    questions.register(LEADING)
    questions.register_tool(
        questions.Tool(_("My self-assessments"), "instruction:assessments", Data.SELF_ASSESSMENTS, place=7)
    )
    for holding in (LEADERSHIP, SELF_ASSESSMENTS):
        holdings.register(holding)
    sample.register(
        sample.Step("standards for supervisors", 31, "instruction.leadership.sample.load_standards")
    )
    sample.register(
        sample.Step("self-assessments", 62, "instruction.leadership.sample.load_self_assessments")
    )
    sample.register(
        sample.Step(
            "leadership of the year before last", 35,
            "instruction.leadership.sample.ask_for_the_year_before_last", after_jobs=True,
        )
    )  # fmt: skip
    stale_on = frozenset({"ratings", "roster", "framework"})
    registry.register(
        registry.Job(
            kind=KIND,
            label="Principals' instructional leadership",
            perform=tasks.perform_all,
            stale_on=stale_on,
            subjects=tasks.subjects,
            together=frozenset({KIND_EVALUATIVE}),
        )
    )
    registry.register(
        registry.Job(
            kind=KIND_EVALUATIVE,
            label="Principals' leadership, from evaluative evidence alone",
            perform=tasks.perform_evaluative,
            stale_on=stale_on,
            subjects=tasks.subjects,
        )
    )
    registry.register(
        registry.Job(
            kind=KIND_OF_TERMS,
            label="Principals' leadership in past terms",
            perform=tasks.perform_of_term,
            subjects=tasks.subjects_of_terms,
        )
    )
