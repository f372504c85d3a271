"""Which ratings are behind a snapshot's cells, and which snapshots of earlier terms are told beside it.

Rows from before have neither, so that no trend is drawn from them: nothing says what lies between two of them.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("instruction", "0010_persons_from_evaluative_runs"), ("runs", "0002_delivery_key")]

    operations = [
        migrations.AddField(
            model_name="schoolcapacity",
            name="told_beside",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), null=True, size=None
            ),
        ),
        migrations.CreateModel(
            name="RatingsBehind",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("packed", models.BinaryField()),
                (
                    "run",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="runs.run"
                    ),
                ),
            ],
            options={"verbose_name_plural": "ratings behind"},
        ),
    ]
