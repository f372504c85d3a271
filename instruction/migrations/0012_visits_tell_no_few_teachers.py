"""How far a visit makes a school surer is told only where it says nothing of few teachers; what was told before goes."""

from django.db import migrations, models

# The next run, tonight's, writes them again where they may be told.
BLANK = "UPDATE instruction_suggestedvisit SET se_before = NULL, se_after = NULL, gain = NULL"


class Migration(migrations.Migration):
    dependencies = [("instruction", "0011_which_terms_are_told_beside")]

    operations = [
        *(
            migrations.AlterField("suggestedvisit", name, models.FloatField(null=True))
            for name in ("se_before", "se_after", "gain")
        ),
        migrations.RunSQL(BLANK, migrations.RunSQL.noop),
    ]
