"""The functions that row security policies and change-log triggers call."""

from django.db import migrations

from alignment_dash.access.database import DROP_FUNCTIONS, FUNCTIONS


class Migration(migrations.Migration):
    dependencies = [("access", "0001_initial")]

    operations = [migrations.RunSQL(FUNCTIONS, DROP_FUNCTIONS)]
