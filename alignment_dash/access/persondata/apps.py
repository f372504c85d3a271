from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PersonDataConfig(AppConfig):
    name = "alignment_dash.access.persondata"
    label = "persondata"
    verbose_name = "What is held about a person"

    def ready(self) -> None:
        from alignment_dash.access.persondata import access_times, account_data
        from alignment_dash.access.policy import Data
        from alignment_dash.ui.questions import Tool, register_tool

        account_data.register_all()
        access_times.register_all()
        register_tool(Tool(_("A person's data"), "persondata:search", Data.PERSON_DATA, place=49))
