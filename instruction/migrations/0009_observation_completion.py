"""How complete each school's observations are, counted by the job so that no page opens a protected row."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0008_targets_derivation_plan"),
        ("runs", "0002_delivery_key"),
        ("schools", "0006_role_assignment_rule"),
    ]

    operations = [
        migrations.CreateModel(
            name="ObservationCompletion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("n_teachers", models.PositiveIntegerField()),
                ("n_observed_this_year", models.PositiveIntegerField()),
                ("n_not_in_a_year", models.PositiveIntegerField()),
                ("n_never", models.PositiveIntegerField()),
                ("n_recent_hires", models.PositiveIntegerField()),
                ("last_seen", models.DateField(null=True)),
                ("island", models.PositiveIntegerField(null=True)),
                (
                    "run",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="+", to="runs.run"
                    ),
                ),
                (
                    "school",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="schools.org",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("run", "school"), name="instruction_observationcompletion_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "n_teachers__gte",
                                models.F("n_observed_this_year")
                                + models.F("n_not_in_a_year")
                                + models.F("n_never")
                                + models.F("n_recent_hires"),
                            )
                        ),
                        name="instruction_observationcompletion_each_counts_once",
                    ),
                ],
            },
        ),
    ]
