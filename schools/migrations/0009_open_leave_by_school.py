"""Leave opens to who it is about too, and to HR's pages by the district's orgs: no page has to open everything.

Who is assigned nowhere, any more or yet, opens with the district.
"""

from django.db import migrations

BEFORE = """(SELECT access_reach_all()) OR person_id IN (
    SELECT a.person_id FROM schools_staffassignment a
    WHERE a.org_id = ANY ((SELECT access_reach_schools())::bigint[])
)"""
DISTRICT = """(SELECT EXISTS (
    SELECT 1 FROM schools_org d WHERE d.type = 'district' AND d.id = ANY ((SELECT access_reach_schools())::bigint[])
))"""
VISIBLE = f"""{BEFORE} OR person_id = (SELECT access_reach_person()) OR ({DISTRICT} AND NOT EXISTS (
    SELECT 1 FROM schools_staffassignment b WHERE b.person_id = schools_leave.person_id
))"""  # noqa: S608


def _change(visible: str) -> str:
    return f"ALTER POLICY schools_leave_reach ON schools_leave USING ({visible}) WITH CHECK ({visible})"


class Migration(migrations.Migration):
    dependencies = [("schools", "0008_close_leave")]

    operations = [migrations.RunSQL(_change(VISIBLE), _change(BEFORE))]
