"""Name someone whom someone else has named without telling: among those told, a person is on the bench once."""

from django.conf import settings
from django.db import migrations, models

from alignment_dash.together import together


class Migration(migrations.Migration):
    dependencies = [
        ("schools", "0009_open_leave_by_school"),
        ("supervision", "0007_blank_bench_and_support"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="benchcandidate",
            name="supervision_benchcandidate_once",
        ),
        migrations.AddConstraint(
            model_name="benchcandidate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("told_on__isnull", False), ("withdrawn_on__isnull", True)),
                fields=("person",),
                name="supervision_benchcandidate_once",
                violation_error_message="This person is on the bench already.",
            ),
        ),
        migrations.AddConstraint(
            model_name="benchcandidate",
            constraint=models.UniqueConstraint(
                condition=models.Q(("withdrawn_on__isnull", True)),
                fields=("person", "named_by"),
                name="supervision_benchcandidate_once_by_one",
                violation_error_message="You have named this person already.",
            ),
        ),
    ]
    operations = together(operations)
