"""Find what was done to one thing by its id alone, which is what addresses carry."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("access", "0007_user_sessions_ended_at"),
    ]

    operations = [
        migrations.RemoveIndex(
            model_name="auditevent",
            name="access_audit_about",
        ),
        migrations.AddIndex(
            model_name="auditevent",
            index=models.Index(fields=["target_id", "-at", "-id"], name="access_audit_of"),
        ),
    ]
