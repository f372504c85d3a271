from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "alignment_dash.runs"
    label = "runs"
    verbose_name = "Runs"

    def ready(self) -> None:
        from alignment_dash.runs.person_data import register_runs

        register_runs()
