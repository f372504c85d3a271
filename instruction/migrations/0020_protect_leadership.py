"""Close what is known and said of a principal's leadership; keep before-images of self-assessments."""

from django.db import migrations

from alignment_dash.access.database import log_changes, protect_rows

ALL = "(SELECT access_reach_all())"
SCHOOL = "school_id = ANY ((SELECT access_reach_schools())::bigint[])"
ME = "(SELECT access_reach_person())"

CAPACITY = f"{ALL} OR principal_id = {ME} OR {SCHOOL}"
# Not yet shared, it is its writer's alone.
ASSESSMENT = f"{ALL} OR person_id = {ME} OR (shared_at IS NOT NULL AND {SCHOOL})"
# The assessment's own policy applies inside.
OF_ASSESSMENT = f"{ALL} OR EXISTS (SELECT 1 FROM instruction_selfassessment a WHERE a.id = assessment_id)"  # noqa: S608


class Migration(migrations.Migration):
    dependencies = [("instruction", "0019_leadership_evidence")]

    operations = [
        protect_rows("instruction_principalcapacity", CAPACITY),
        protect_rows("instruction_selfassessment", ASSESSMENT),
        protect_rows("instruction_selfrating", OF_ASSESSMENT),
        log_changes("instruction_selfassessment"),
        log_changes("instruction_selfrating"),
    ]
