"""Leave is closed to every query that does not say why it opens it."""

from django.db import migrations

from alignment_dash.access.database import protect_rows


class Migration(migrations.Migration):
    dependencies = [("schools", "0007_leave")]

    operations = [protect_rows("schools_leave", "(SELECT access_reach_all())")]
