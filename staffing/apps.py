from django.apps import AppConfig


class StaffingConfig(AppConfig):
    name = "staffing"
    verbose_name = "Positions and who holds them"

    def ready(self) -> None:
        from alignment_dash.ui import questions
        from schools.sample import registry as sample
        from staffing import person_data
        from staffing.questions import FILL_RATES

        person_data.register_all()
        questions.register(FILL_RATES)
        sample.register(sample.Step("positions", 41, "staffing.sample.load_positions"))
