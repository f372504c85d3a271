"""Close student rows by default, and keep before-images of the district's own rows."""

from django.db import migrations

from alignment_dash.access.database import log_changes, protect_rows

BY_SCHOOL = "(SELECT access_reach_all()) OR school_id = ANY ((SELECT access_reach_schools())::bigint[])"
LOGGED = [
    "schools_org",
    "schools_person",
    "schools_staffassignment",
    "schools_course",
    "schools_section",
    "schools_session",
    "schools_teaching",
    "schools_accountabilitytier",
]


class Migration(migrations.Migration):
    dependencies = [("schools", "0001_initial"), ("access", "0002_row_reach_and_change_log")]

    operations = [
        *[
            protect_rows(table, BY_SCHOOL)
            for table in ("schools_student", "schools_enrollment", "schools_outcome")
        ],
        *[log_changes(table) for table in LOGGED],
    ]
