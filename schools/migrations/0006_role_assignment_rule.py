"""Rules by which roles follow from the roster."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import alignment_dash.access.models


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0005_feeds"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="RoleAssignmentRule",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "uid",
                    models.UUIDField(
                        default=alignment_dash.access.models.new_uid, editable=False, unique=True
                    ),
                ),
                (
                    "staff_role",
                    models.CharField(
                        choices=[
                            ("teacher", "Teacher"),
                            ("principal", "Principal"),
                            ("assistant-principal", "Assistant principal"),
                            ("coach", "Instructional coach"),
                            ("counselor", "Counselor"),
                            ("aide", "Aide"),
                            ("principal-supervisor", "Principal supervisor"),
                            ("central-office", "Central office staff"),
                            ("system-administrator", "System administrator"),
                        ],
                        max_length=32,
                        verbose_name="role of the roster",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[
                            ("data-administrator", "District data administrator"),
                            ("cabinet", "Superintendent's cabinet"),
                            ("ci-administrator", "Curriculum and instruction administrator"),
                            ("ci-staff", "Curriculum and instruction staff"),
                            ("hr", "Human resources"),
                            ("calibration-lead", "Calibration lead"),
                            ("supervisor", "Principal supervisor"),
                            ("principal", "Principal"),
                            ("assistant-principal", "Assistant principal"),
                            ("department-lead", "Department lead"),
                            ("teacher", "Teacher"),
                            ("association", "Association representative"),
                            ("board", "Board viewer"),
                        ],
                        max_length=32,
                        verbose_name="role here",
                    ),
                ),
                ("is_on", models.BooleanField(default=False)),
                ("makes_accounts", models.BooleanField(default=False, verbose_name="also make accounts")),
                ("changed_at", models.DateTimeField(auto_now=True)),
                (
                    "changed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("staff_role", "role"),
                        name="schools_roleassignmentrule_once",
                        violation_error_message="There is such a rule already.",
                    )
                ],
            },
        ),
    ]
