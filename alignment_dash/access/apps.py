from django.apps import AppConfig
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "alignment_dash.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from alignment_dash.access import database

        post_migrate.connect(database.grant_to_application, sender=self)
