"""Keep the errors of our need index, so that sums over caseloads carry them wherever they are made."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("supervision", "0008_name_without_telling")]

    operations = [
        migrations.AddField("caseloadschool", name, models.FloatField(null=True))
        for name in ("need_se", "need_together")
    ]
