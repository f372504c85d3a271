"""Three kinds of target, how an estimate comes about, and the evidence plan."""

import django.db.models.deletion
from django.db import migrations, models

from alignment_dash.access.database import log_changes
from alignment_dash.together import together


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0007_blank_notes"),
        ("runs", "0002_delivery_key"),
        ("schools", "0006_role_assignment_rule"),
    ]

    operations = [
        migrations.CreateModel(
            name="SchoolTarget",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("school_year", models.IntegerField()),
                ("value", models.DecimalField(decimal_places=2, max_digits=4)),
            ],
        ),
        migrations.CreateModel(
            name="SuggestedVisit",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveIntegerField()),
                ("n_lessons", models.PositiveSmallIntegerField()),
                ("hours", models.FloatField()),
                ("se_before", models.FloatField()),
                ("se_after", models.FloatField()),
                ("gain", models.FloatField()),
            ],
        ),
        migrations.CreateModel(
            name="VisitingObserver",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("school_year", models.IntegerField()),
                ("lessons", models.PositiveSmallIntegerField()),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="target",
            name="instruction_target_once",
        ),
        migrations.AddField(
            model_name="frameworkversion",
            name="proficient_level",
            field=models.PositiveSmallIntegerField(default=3),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="framework_target",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="mean_by_observers",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="mean_of_ratings",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="mean_of_teachers",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="n_external",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="n_new_teachers",
            field=models.PositiveIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="n_ranked",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="p_neediest",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="plan_target",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="previous_estimate",
            field=models.FloatField(null=True),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="rank_high",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="schoolcapacity",
            name="rank_low",
            field=models.PositiveIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="target",
            name="level",
            field=models.CharField(
                blank=True,
                choices=[
                    ("elementary", "Elementary"),
                    ("k8", "K-8"),
                    ("middle", "Middle"),
                    ("high", "High"),
                    ("other", "Other"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AddConstraint(
            model_name="frameworkversion",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("proficient_level__gte", 1), ("proficient_level__lte", models.F("level_names__len"))
                ),
                name="instruction_version_proficient_on_scale",
                violation_error_message="The proficient level is one of the framework's levels.",
            ),
        ),
        migrations.AddConstraint(
            model_name="schoolcapacity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("estimate__isnull", False),
                    models.Q(
                        ("mean_by_observers", None),
                        ("mean_of_ratings", None),
                        ("mean_of_teachers", None),
                        ("p_neediest", None),
                        ("previous_estimate", None),
                        ("rank_high", None),
                        ("rank_low", None),
                    ),
                    _connector="OR",
                ),
                name="instruction_schoolcapacity_nothing_beside_no_figure",
            ),
        ),
        migrations.AddConstraint(
            model_name="target",
            constraint=models.UniqueConstraint(
                fields=("element", "school_year", "level"), name="instruction_target_once"
            ),
        ),
        migrations.AddField(
            model_name="schooltarget",
            name="element",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="school_targets",
                to="instruction.element",
            ),
        ),
        migrations.AddField(
            model_name="schooltarget",
            name="school",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schools.org",
            ),
        ),
        migrations.AddField(
            model_name="suggestedvisit",
            name="companion",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="+",
                to="schools.person",
            ),
        ),
        migrations.AddField(
            model_name="suggestedvisit",
            name="observer",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.person"
            ),
        ),
        migrations.AddField(
            model_name="suggestedvisit",
            name="run",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="runs.run"
            ),
        ),
        migrations.AddField(
            model_name="suggestedvisit",
            name="school",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schools.org",
            ),
        ),
        migrations.AddField(
            model_name="visitingobserver",
            name="person",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="+", to="schools.person"
            ),
        ),
        migrations.AddConstraint(
            model_name="schooltarget",
            constraint=models.UniqueConstraint(
                fields=("school", "element", "school_year"), name="instruction_schooltarget_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="schooltarget",
            constraint=models.CheckConstraint(
                condition=models.Q(("value__gte", 1)),
                name="instruction_schooltarget_at_least_1",
                violation_error_message="A target is a proficiency level of 1 or more.",
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestedvisit",
            constraint=models.UniqueConstraint(
                fields=("run", "place"), name="instruction_suggestedvisit_place_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="suggestedvisit",
            constraint=models.CheckConstraint(
                condition=models.Q(("observer", models.F("companion")), _negated=True),
                name="instruction_suggestedvisit_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="visitingobserver",
            constraint=models.UniqueConstraint(
                fields=("person", "school_year"), name="instruction_visitingobserver_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="visitingobserver",
            constraint=models.CheckConstraint(
                condition=models.Q(("lessons__gte", 1), ("lessons__lte", 200)),
                name="instruction_visitingobserver_lessons",
                violation_error_message="Between 1 and 200 lessons a term.",
            ),
        ),
        log_changes("instruction_schooltarget"),
        log_changes("instruction_visitingobserver"),
    ]
    operations = together(operations)
