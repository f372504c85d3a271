from django.apps import AppConfig


class UiConfig(AppConfig):
    name = "alignment_dash.ui"
    label = "ui"
    verbose_name = "Pages"
