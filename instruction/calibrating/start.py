"""What this package makes known when the application starts."""


def register() -> None:
    """Register questions, tools, jobs, sample steps and what is held about persons."""
    from alignment_dash.ui import questions
    from instruction.calibrating import person_data
    from instruction.calibrating.questions import SEE_ALIKE
    from schools.sample import registry

    questions.register(SEE_ALIKE)
    person_data.register_all()
    registry.register(
        registry.Step("calibration exercises", 46, "instruction.calibrating.sample.load_calibration")
    )
