from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "staffing"
    verbose_name = "Positions and who holds them"

    def ready(self) -> None:
        from alignment_dash.ui import questions
        from staffing.questions import FILL_RATES

        questions.register(FILL_RATES)
