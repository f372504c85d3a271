from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ClientsConfig(AppConfig):
    name = "alignment_dash.access.clients"
    label = "clients"
    verbose_name = "Programs that sign in"

    def ready(self) -> None:
        from alignment_dash.access.policy import Data
        from alignment_dash.ui.questions import Tool, register_tool

        register_tool(Tool(_("Programs"), "clients:client-list", Data.ACCOUNTS, place=46))
