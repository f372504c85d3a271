from importlib import import_module

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

# Each makes itself known; in the order of the pages they add.
PACKAGES = (
    "balancing",
    "timelog",
    "calendars",
    "visits",
    "growth",
    "overview",
    "principal_bench",
)


class SupervisionConfig(AppConfig):
    name = "supervision"
    verbose_name = "Principal supervisors and their caseloads"

    def ready(self) -> None:
        from alignment_dash.runs.registry import Job, register
        from alignment_dash.ui import questions
        from instruction.leadership import KIND_EVALUATIVE
        from instruction.meetings import lines as meeting_lines
        from schools.sample import registry as sample
        from supervision import notices, person_data
        from supervision.meeting_lines import supervisors
        from supervision.models import CASELOAD_RUN
        from supervision.questions import CASELOADS
        from supervision.tasks import perform

        person_data.register_all()
        notices.register_all()
        questions.register(CASELOADS)
        meeting_lines.register(
            "supervisor", meeting_lines.SchoolLines(_("Principal supervisor"), supervisors, 10)
        )
        register(
            Job(
                kind=CASELOAD_RUN,
                label="Caseloads",
                perform=perform,
                stale_on=frozenset({"roster", "caseload"}),
                after=frozenset({"capacity", KIND_EVALUATIVE}),
            )
        )
        sample.register(sample.Step("caseloads", 40, "supervision.sample.load_caseloads"))
        for name in PACKAGES:
            import_module(f"supervision.{name}.start").register()
