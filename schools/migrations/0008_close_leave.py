"""Leave is closed: it opens for HR, who opens everything, and to count with where a school's own rows are open."""

from django.db import migrations

from alignment_dash.access.database import protect_rows

VISIBLE = """(SELECT access_reach_all()) OR person_id IN (
    SELECT a.person_id FROM schools_staffassignment a
    WHERE a.org_id = ANY ((SELECT access_reach_schools())::bigint[])
)"""


class Migration(migrations.Migration):
    dependencies = [("schools", "0007_leave")]

    operations = [protect_rows("schools_leave", VISIBLE)]
