"""Figures of networks and levels of schools, and no figure of a few people or schools, whatever wrote it."""

import django.db.models.deletion
from django.db import migrations, models

from alignment_dash.together import together


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0005_observation_files"),
        ("runs", "0002_delivery_key"),
        ("schools", "0005_feeds"),
    ]

    operations = [
        migrations.CreateModel(
            name="GroupCapacity",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "level",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("elementary", "Elementary"),
                            ("k8", "K-8"),
                            ("middle", "Middle"),
                            ("high", "High"),
                            ("other", "Other"),
                        ],
                        max_length=16,
                    ),
                ),
                ("estimate", models.FloatField(null=True)),
                ("se", models.FloatField(null=True)),
                ("n_schools", models.PositiveIntegerField(null=True)),
                ("n_teachers", models.PositiveIntegerField(null=True)),
                ("is_hidden", models.BooleanField()),
            ],
            options={
                "verbose_name_plural": "group capacities",
            },
        ),
        migrations.AddConstraint(
            model_name="schoolcapacity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("estimate__isnull", True),
                    models.Q(("n_teachers__gte", 5), ("roster_size__gte", 5)),
                    _connector="OR",
                ),
                name="instruction_schoolcapacity_none_shown_of_few",
            ),
        ),
        migrations.AddField(
            model_name="groupcapacity",
            name="element",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="instruction.element",
            ),
        ),
        migrations.AddField(
            model_name="groupcapacity",
            name="network",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schools.org",
                verbose_name="network",
            ),
        ),
        migrations.AddField(
            model_name="groupcapacity",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="runs.run"
            ),
        ),
        migrations.AddConstraint(
            model_name="groupcapacity",
            constraint=models.UniqueConstraint(
                fields=("run", "element", "network", "level"),
                name="instruction_groupcapacity_once",
                nulls_distinct=False,
            ),
        ),
        migrations.AddConstraint(
            model_name="groupcapacity",
            constraint=models.CheckConstraint(
                condition=models.Q(("network__isnull", True), ("level", ""), _connector="XOR"),
                name="instruction_groupcapacity_network_or_level",
            ),
        ),
        migrations.AddConstraint(
            model_name="groupcapacity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_hidden", False),
                    models.Q(("estimate", None), ("n_schools", None), ("n_teachers", None), ("se", None)),
                    _connector="OR",
                ),
                name="instruction_groupcapacity_hidden_keeps_nothing",
            ),
        ),
        migrations.AddConstraint(
            model_name="groupcapacity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("is_hidden", True), ("n_schools", 0), ("n_schools__gte", 3), _connector="OR"
                ),
                name="instruction_groupcapacity_none_shown_of_few",
            ),
        ),
    ]
    operations = together(operations)
