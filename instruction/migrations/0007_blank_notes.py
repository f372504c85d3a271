"""Blank what was written about someone whose names were removed, in the ratings and in their before-images.

The function runs as the owner of the tables, for the application may only add before-images. Row security binds
the owner too, so every row must have been opened.
"""

from django.db import migrations

BLANK = """
CREATE FUNCTION instruction_blank_notes(about bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    blanked bigint;
BEGIN
    IF NOT EXISTS (SELECT 1 FROM schools_identity WHERE person_id = about AND blanked_at IS NOT NULL) THEN
        RAISE EXCEPTION 'notes are blanked of people whose names were removed, and of nobody else';
    END IF;
    UPDATE instruction_rating r SET evidence = '' FROM instruction_observation o
    WHERE o.id = r.observation_id AND o.observed_id = about AND r.evidence <> '';
    GET DIAGNOSTICS blanked = ROW_COUNT;
    UPDATE access_change SET before = before || '{"evidence": ""}'
    WHERE table_name = 'instruction_rating' AND before ->> 'evidence' <> ''
      AND (before ->> 'observation_id')::bigint IN (
        SELECT id FROM instruction_observation WHERE observed_id = about
    );
    RETURN blanked;
END $$;
CREATE POLICY access_change_blank ON access_change FOR UPDATE TO CURRENT_USER
    USING ((SELECT access_reach_all()));
"""
UNDO = """
DROP POLICY access_change_blank ON access_change;
DROP FUNCTION instruction_blank_notes(bigint);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("instruction", "0006_group_capacity"),
        ("access", "0002_row_reach_and_change_log"),
        ("schools", "0001_initial"),
    ]

    operations = [migrations.RunSQL(BLANK, UNDO)]
