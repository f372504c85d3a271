"""Keep before-images of caseload assignments."""

from django.db import migrations

from alignment_dash.access.database import log_changes


class Migration(migrations.Migration):
    dependencies = [("supervision", "0001_initial"), ("access", "0002_row_reach_and_change_log")]

    operations = [log_changes("supervision_caseloadassignment")]
