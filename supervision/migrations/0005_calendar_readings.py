"""What is kept of reading a calendar: where an event came from, who of the caseload was invited, that it moved."""

import django.contrib.postgres.fields
from django.db import migrations, models

from alignment_dash.together import together


class Migration(migrations.Migration):
    dependencies = [("supervision", "0004_protect_coaching")]

    operations = [
        migrations.AddField(
            model_name="calendarevent", name="is_changed", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="calendarevent", name="is_private", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="calendarevent", name="from_feed", field=models.BooleanField(default=False)
        ),
        migrations.AddField(
            model_name="calendarevent",
            name="hints",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), blank=True, default=list, size=None
            ),
        ),
    ]
    operations = together(operations)
