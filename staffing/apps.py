from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffingConfig(AppConfig):
    name = "staffing"
    verbose_name = "Positions and who holds them"

    def ready(self) -> None:
        from alignment_dash.ui import questions
        from instruction.meetings import lines as meeting_lines
        from schools.sample import registry as sample
        from staffing import person_data
        from staffing.meeting_lines import vacancies
        from staffing.questions import FILL_RATES

        person_data.register_all()
        questions.register(FILL_RATES)
        meeting_lines.register("vacancies", meeting_lines.SchoolLines(_("Staffing"), vacancies, 20))
        sample.register(sample.Step("positions", 41, "staffing.sample.load_positions"))
