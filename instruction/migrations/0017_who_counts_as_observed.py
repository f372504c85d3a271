"""Who counts as observed: as often as expected, and of whom nothing is; how observations of a year were written."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from alignment_dash.together import together


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0016_records_open_and_blank"),
        ("runs", "0002_delivery_key"),
        ("schools", "0007_leave"),
    ]

    operations = [
        migrations.CreateModel(
            name="ChecklistCount",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("school_year", models.IntegerField()),
                ("n_observers", models.PositiveIntegerField()),
                ("n_observations", models.PositiveIntegerField()),
                ("n_long", models.PositiveIntegerField()),
                ("n_even", models.PositiveIntegerField()),
                ("by_chance", models.FloatField()),
                ("n_bare", models.PositiveIntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="observationcompletion",
            name="instruction_observationcompletion_each_counts_once",
        ),
        migrations.RenameField(
            model_name="observationcompletion",
            old_name="n_recent_hires",
            new_name="n_not_counted",
        ),
        migrations.AddField(
            model_name="observationcompletion",
            name="n_partly",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddConstraint(
            model_name="observationcompletion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "n_teachers__gte",
                        django.db.models.expressions.CombinedExpression(
                            django.db.models.expressions.CombinedExpression(
                                django.db.models.expressions.CombinedExpression(
                                    models.F("n_observed_this_year"), "+", models.F("n_not_in_a_year")
                                ),
                                "+",
                                models.F("n_never"),
                            ),
                            "+",
                            models.F("n_not_counted"),
                        ),
                    )
                ),
                name="instruction_observationcompletion_each_counts_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="observationcompletion",
            constraint=models.CheckConstraint(
                condition=models.Q(("n_observed_this_year__gte", models.F("n_partly"))),
                name="instruction_observationcompletion_partly_is_observed",
            ),
        ),
        migrations.AddField(
            model_name="checklistcount",
            name="network",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schools.org",
            ),
        ),
        migrations.AddField(
            model_name="checklistcount",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="runs.run"
            ),
        ),
        migrations.AddConstraint(
            model_name="checklistcount",
            constraint=models.UniqueConstraint(
                fields=("run", "network", "school_year"),
                name="instruction_checklistcount_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="checklistcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("n_observers__gte", 5)), name="instruction_checklistcount_none_of_few"
            ),
        ),
    ]
    operations = together(operations)
