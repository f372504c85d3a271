"""What this package makes known when the application starts."""


def register() -> None:
    """Register the questions; both pages only read."""
    from alignment_dash.ui import questions
    from supervision.overview.questions import ALL, MINE

    questions.register(MINE)
    questions.register(ALL)
