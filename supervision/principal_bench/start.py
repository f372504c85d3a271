"""What this package makes known when the application starts."""


def register() -> None:
    """Register the page, its question, the sample district's step and what is held about persons."""
    from django.utils.translation import gettext_lazy as _

    from alignment_dash.access.persondata import registry as holdings
    from alignment_dash.access.policy import Data
    from alignment_dash.ui import questions
    from schools.sample import registry as sample
    from supervision.principal_bench.person_data import CANDIDATES, OPENINGS
    from supervision.principal_bench.questions import BENCH

    for holding in (CANDIDATES, OPENINGS):
        holdings.register(holding)
    questions.register(BENCH)
    questions.register_tool(
        questions.Tool(_("Principal bench"), "supervision:principal-bench", Data.PRINCIPAL_BENCH, place=16)
    )
    sample.register(sample.Step("principal bench", 63, "supervision.principal_bench.sample.load_bench"))
