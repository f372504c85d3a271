from django.apps import AppConfig


class RunsConfig(AppConfig):
    name = "alignment_dash.runs"
    label = "runs"
    verbose_name = "Runs"
