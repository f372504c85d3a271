"""Let all sessions of a user be ended at once."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0006_role_grant_source"),
    ]

    operations = [
        migrations.AddField(
            model_name="user",
            name="sessions_ended_at",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
    ]
