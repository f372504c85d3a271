from django.apps import AppConfig


class SchoolsConfig(AppConfig):
    name = "schools"
    verbose_name = "The rostered district"

    def ready(self) -> None:
        from alignment_dash.access import places
        from alignment_dash.ui import district
        from schools import queries

        district.register(queries.district_name)
        places.register(places.Places(schools_under=queries.schools_under, person_of=queries.person_of))
