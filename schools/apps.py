from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SchoolsConfig(AppConfig):
    name = "schools"
    verbose_name = "The rostered district"

    def ready(self) -> None:
        from alignment_dash.access import places
        from alignment_dash.access.accounts import directory as accounts
        from alignment_dash.access.policy import Data
        from alignment_dash.runs import registry as runs
        from alignment_dash.ui import district, questions
        from schools import directory, person_data, queries
        from schools.feeds import work as feeds
        from schools.imports import importing as roster_imports
        from schools.leave import start as leave
        from schools.sample import registry

        district.register(queries.district_name)
        person_data.register_all()
        leave.register()
        runs.register(roster_imports.KIND.job())
        runs.register(feeds.JOB)
        questions.register_tool(
            questions.Tool(roster_imports.KIND.title, "schools:roster-import-list", Data.IMPORTS, place=10)
        )
        for place, (label, url) in enumerate(
            [
                (_("Role words to match"), "schools:role-word-list"),
                (_("Fields edited here"), "schools:edit-list"),
            ],
            start=14,
        ):
            questions.register_tool(questions.Tool(label, url, Data.IMPORTS, place=place))
        places.register(places.Places(standing_of=queries.standing_of))
        accounts.register(directory.DIRECTORY)

        for place, (name, run) in enumerate(
            [
                ("places", "places.load_places"),
                ("people", "places.load_people"),
                ("assignments", "places.load_assignments"),
                ("accountability tiers", "places.load_tiers"),
                ("sessions", "learning.load_sessions"),
                ("enrollments", "learning.load_sections"),
            ],
            start=10,
        ):
            registry.register(registry.Step(name, place, f"schools.sample.{run}"))
        # After the evidence, so that the teacher who signs in has some, and before the caseloads' grants.
        registry.register(registry.Step("users", 39, "schools.sample.users.load_users"))
