"""Let a district say how many principals a supervisor has, where that is not the literature's 8 to 12."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

import alignment_dash.access.models
from alignment_dash.access.database import log_changes


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0009_errors_of_need"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DistrictSpan",
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
                ("low", models.PositiveSmallIntegerField()),
                ("high", models.PositiveSmallIntegerField()),
                ("set_at", models.DateTimeField(auto_now_add=True)),
                (
                    "set_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("low__lte", models.F("high"))),
                        name="supervision_span_in_order",
                        violation_error_message="The least number of principals is not above the most.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("high__lte", 100)),
                        name="supervision_span_most",
                        violation_error_message="At most 100 principals.",
                    ),
                ]
            },
        ),
        log_changes("supervision_districtspan"),
    ]
