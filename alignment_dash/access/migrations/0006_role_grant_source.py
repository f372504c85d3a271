"""Say of each held role what gave it and who, and keep before-images of roles held."""

import django.contrib.postgres.constraints
import django.db.models.deletion
import django.db.models.functions.comparison
from django.conf import settings
from django.db import migrations, models

from alignment_dash.access.database import log_changes


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0005_trace"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="rolegrant",
            name="access_rolegrant_once",
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="given_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="given_by",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="rolegrant",
            name="source",
            field=models.CharField(blank=True, default="", max_length=64),
        ),
        migrations.AddConstraint(
            model_name="rolegrant",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("user", "="),
                    ("role", "="),
                    (django.db.models.functions.comparison.Coalesce("org_id", -1), "="),
                    ("source", "="),
                    ("during", "&&"),
                ],
                name="access_rolegrant_once",
                violation_error_message="This person already holds this role there at that time.",
            ),
        ),
        log_changes("access_rolegrant"),
    ]
