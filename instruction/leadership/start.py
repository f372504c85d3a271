"""What this package makes known when the application starts."""


def register() -> None:
    """Register pages, jobs, sample steps and what is held about persons."""
    from alignment_dash.runs import registry
    from instruction.leadership import KIND, KIND_EVALUATIVE, KIND_OF_TERMS, tasks

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
