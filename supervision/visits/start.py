"""What this package makes known when the application starts."""

from django.utils.translation import gettext_lazy as _

from alignment_dash.access.policy import Data
from alignment_dash.ui import questions


def register() -> None:
    """Register pages, sample steps and what is held about persons."""
    from schools.sample import registry as sample
    from supervision.visits import person_data
    from supervision.visits.questions import VISITS

    questions.register(VISITS)
    questions.register_tool(
        questions.Tool(_("Notes of visits"), "supervision:my-notes", Data.VISITS, place=8)
    )
    person_data.register_all()
    sample.register(sample.Step("visits", 47, "supervision.visits.sample.load_visits"))
