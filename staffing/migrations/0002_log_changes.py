"""Keep before-images of positions and of who held them."""

from django.db import migrations

from alignment_dash.access.database import log_changes


class Migration(migrations.Migration):
    dependencies = [("staffing", "0001_initial"), ("access", "0002_row_reach_and_change_log")]

    operations = [log_changes("staffing_position"), log_changes("staffing_incumbency")]
