"""Person-level result rows check only their run; see TeacherCapacity."""

import django.db.models.deletion
from django.db import migrations, models

from alignment_dash.together import together


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0002_protect_and_log"),
        ("schools", "0003_roster_import"),
    ]

    operations = [
        migrations.AlterField(
            model_name="raterseverity",
            name="element",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="instruction.element",
            ),
        ),
        migrations.AlterField(
            model_name="raterseverity",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schools.person",
            ),
        ),
        migrations.AlterField(
            model_name="teachercapacity",
            name="element",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="instruction.element",
            ),
        ),
        migrations.AlterField(
            model_name="teachercapacity",
            name="person",
            field=models.ForeignKey(
                db_constraint=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schools.person",
            ),
        ),
        migrations.AlterField(
            model_name="teachercapacity",
            name="school",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="schools.org",
            ),
        ),
    ]
    operations = together(operations)
