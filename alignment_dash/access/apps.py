from django.apps import AppConfig
from django.db.backends.signals import connection_created
from django.db.models.signals import post_migrate


class AccessConfig(AppConfig):
    name = "alignment_dash.access"
    label = "access"
    verbose_name = "Access"

    def ready(self) -> None:
        from alignment_dash.access import actor, database
        from alignment_dash.access.second_factor import receivers, rule
        from alignment_dash.access.trace import signs

        connection_created.connect(actor.watch, dispatch_uid="access-actor")
        post_migrate.connect(database.grant_to_application, sender=self)
        signs.listen()
        receivers.connect()
        rule.check_roles()
