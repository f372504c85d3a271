from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class UiConfig(AppConfig):
    name = "alignment_dash.ui"
    label = "ui"
    verbose_name = "Pages"

    def ready(self) -> None:
        from alignment_dash.access.policy import Action, Data
        from alignment_dash.ui.questions import Tool, register_tool

        register_tool(Tool(_("Jobs"), "runs:run-list", Data.JOBS, place=50))
        register_tool(Tool(_("Accounts"), "accounts:account-list", Data.ACCOUNTS, place=46))
        register_tool(Tool(_("Act as someone else"), "acting:choose", Data.ACT_AS, 48, Action.CHANGE))
        register_tool(Tool(_("Audit"), "trace:audit", Data.AUDIT, place=60))
        register_tool(Tool(_("Use of pages"), "trace:page-use", Data.USAGE, place=61))
        register_tool(Tool(_("Who sees what"), "trace:who-sees-what", None, place=80))
        register_tool(Tool(_("API reference"), "api-docs", None, place=90))
        register_tool(Tool(_("Components"), "ui:gallery", Data.COMPONENTS, place=91))
