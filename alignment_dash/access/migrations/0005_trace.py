"""Read the audit by person, act and target at any size, and keep how often pages are opened."""

import django.contrib.postgres.indexes
import django.db.models.fields.json
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0004_user_is_machine"),
    ]

    operations = [
        migrations.CreateModel(
            name="PageUse",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("url_name", models.CharField(max_length=100)),
                ("role", models.CharField(blank=True, max_length=32)),
                ("views", models.PositiveIntegerField()),
            ],
        ),
        migrations.RemoveIndex(
            model_name="auditevent",
            name="access_audit_target",
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="act",
            field=models.CharField(max_length=64),
        ),
        migrations.AlterField(
            model_name="auditevent",
            name="at",
            field=models.DateTimeField(auto_now_add=True),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["-at", "-id"], name="access_audit_newest"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["by_id", "-at", "-id"], name="access_audit_by"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["act", "-at", "-id"], name="access_audit_act"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["target_kind", "target_id", "-at", "-id"], name="access_audit_about"),
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(
                    django.db.models.fields.json.KeyTransform("people", "detail"), name="jsonb_path_ops"
                ),
                condition=models.Q(("detail__has_key", "people")),
                name="access_audit_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="pageuse",
            constraint=models.UniqueConstraint(
                fields=("day", "url_name", "role"), name="access_pageuse_once"
            ),
        ),
    ]
