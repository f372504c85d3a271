"""Let the earlier wordings of the bench and of supervisors' support be blanked too, as those of visits are.

Row security of before-images binds the owner, so every row must have been opened. A candidate who is deleted leaves
before-images that name the person by id.
"""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("supervision.migrations.0006_blank_what_was_said").BLANK

TABLES = "('supervision_visit', 'supervision_visitnote', 'supervision_commitment')"
MORE = (
    "('supervision_visit', 'supervision_visitnote', 'supervision_commitment', 'supervision_benchcandidate',"
    " 'supervision_supervisorsupport')"
)
TEXTS = '\'{"text": "", "outcome": "", "why_teachers": ""}\''
ALL_TEXTS = '\'{"text": "", "outcome": "", "why_teachers": "", "experience": "", "given_by": ""}\''
AGAIN = BEFORE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")


class Migration(migrations.Migration):
    dependencies = [("supervision", "0006_blank_what_was_said")]

    operations = [
        migrations.RunSQL(AGAIN.replace(TABLES, MORE).replace(TEXTS, ALL_TEXTS), AGAIN),
    ]
