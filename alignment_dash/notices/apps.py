from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NoticesConfig(AppConfig):
    name = "alignment_dash.notices"
    label = "notices"
    verbose_name = _("Notices")

    def ready(self) -> None:
        from alignment_dash.access.policy import Data
        from alignment_dash.notices import person_data
        from alignment_dash.ui.questions import Tool, register_tool

        person_data.register_all()
        register_tool(Tool(_("Mail"), "notices:mail", Data.JOBS, place=51))
