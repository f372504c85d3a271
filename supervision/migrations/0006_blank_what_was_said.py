"""Blank the earlier wordings of what was said at visits, once someone's names are taken out of what stands.

The function runs as the owner of the tables, for the application may only add before-images. Row security binds
the owner too, so every row must have been opened.
"""

from django.db import migrations

BLANK = """
CREATE FUNCTION supervision_blank_earlier(about bigint, logged text, held bigint[]) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    blanked bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM schools_identity WHERE person_id = about AND blanked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'notes are blanked of people whose names were removed, and of nobody else';
    END IF;
    IF logged NOT IN ('supervision_visit', 'supervision_visitnote', 'supervision_commitment') THEN
        RAISE EXCEPTION 'no earlier wordings of this table are blanked here';
    END IF;
    UPDATE access_change SET before = before || '{"text": "", "outcome": "", "why_teachers": ""}'
    WHERE table_name = logged AND row_id = ANY (held);
    GET DIAGNOSTICS blanked = ROW_COUNT;
    RETURN blanked;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("supervision", "0005_calendar_readings"),
        ("instruction", "0007_blank_notes"),
    ]

    operations = [
        migrations.RunSQL(BLANK, "DROP FUNCTION supervision_blank_earlier(bigint, text, bigint[]);")
    ]
