"""Close what is written about a person, keep before-images, let purposes only weaken, let a version be retired."""

from django.db import migrations

from alignment_dash.access.database import log_changes, protect_rows

ALL = "(SELECT access_reach_all())"
SCHOOL = "school_id = ANY ((SELECT access_reach_schools())::bigint[])"
ME = "(SELECT access_reach_person())"

# A draft is its observer's alone: not even the school's leaders read it.
RECORD = f"{ALL} OR observer_id = {ME} OR (state <> 'draft' AND ({SCHOOL} OR observed_id = {ME}))"
# The record's own policy applies inside.
OF_RECORD = f"{ALL} OR EXISTS (SELECT 1 FROM instruction_observationrecord r WHERE r.id = record_id)"  # noqa: S608
BLIND = f"""{ALL} OR person_id = {ME} OR EXISTS (
    SELECT 1 FROM instruction_calibrationexercise e JOIN instruction_calibrationinvitation i ON i.exercise_id = e.id
    WHERE e.id = instruction_calibrationrating.exercise_id AND e.state = 'released' AND i.person_id = {ME}
)"""  # noqa: S608

# Autosave writes a draft many times; its before-images would be its every keystroke.
LOG_RECORD = """
CREATE TRIGGER instruction_observationrecord_change AFTER UPDATE ON instruction_observationrecord
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION access_log_change();
CREATE TRIGGER instruction_observationrecord_gone AFTER DELETE ON instruction_observationrecord
    FOR EACH ROW WHEN (OLD.state <> 'draft') EXECUTE FUNCTION access_log_change();
"""
UNLOG_RECORD = """
DROP TRIGGER instruction_observationrecord_gone ON instruction_observationrecord;
DROP TRIGGER instruction_observationrecord_change ON instruction_observationrecord;
"""

PURPOSE = """
CREATE FUNCTION instruction_refuse_purpose() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'formative evidence never becomes evaluative'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_formative_stays_formative';
END $$;
CREATE TRIGGER instruction_formative_stays BEFORE UPDATE OF purpose ON instruction_observation
    FOR EACH ROW WHEN (OLD.purpose = 'formative' AND NEW.purpose <> 'formative')
    EXECUTE FUNCTION instruction_refuse_purpose();
CREATE TRIGGER instruction_formative_stays BEFORE UPDATE OF purpose ON instruction_observationrecord
    FOR EACH ROW WHEN (OLD.purpose = 'formative' AND NEW.purpose <> 'formative')
    EXECUTE FUNCTION instruction_refuse_purpose();
"""
ANY_PURPOSE = """
DROP TRIGGER instruction_formative_stays ON instruction_observationrecord;
DROP TRIGGER instruction_formative_stays ON instruction_observation;
DROP FUNCTION instruction_refuse_purpose();
"""

FREEZE = """
CREATE OR REPLACE FUNCTION instruction_refuse_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
    published boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN held := OLD; ELSE held := NEW; END IF;
    IF TG_TABLE_NAME = 'instruction_frameworkversion' THEN
        published := TG_OP <> 'INSERT' AND OLD.state <> 'draft';
        IF TG_OP = 'UPDATE' THEN
            IF OLD.state = 'published' AND NEW.state = 'retired'
                AND to_jsonb(OLD) - 'state' - 'retired_at' = to_jsonb(NEW) - 'state' - 'retired_at' THEN
                published := false;
            END IF;
        END IF;
    ELSIF TG_TABLE_NAME = 'instruction_leveldescriptor' THEN
        SELECT v.state <> 'draft' INTO published FROM instruction_frameworkversion v
        JOIN instruction_elementversion e ON e.version_id = v.id WHERE e.id = held.element_version_id;
    ELSE
        SELECT v.state <> 'draft' INTO published FROM instruction_frameworkversion v WHERE v.id = held.version_id;
    END IF;
    IF published THEN
        RAISE EXCEPTION 'a published framework version cannot be changed: publish a new version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_version_published_is_final';
    END IF;
    RETURN held;
END $$;
"""
FREEZE_ORIGINS = """
CREATE TRIGGER instruction_frozen BEFORE INSERT OR UPDATE OR DELETE ON instruction_elementorigin
    FOR EACH ROW EXECUTE FUNCTION instruction_refuse_published();
"""
THAW_ORIGINS = "DROP TRIGGER instruction_frozen ON instruction_elementorigin;"

LOGGED = (
    "consultation", "elementcomment", "elementsource", "focuselement", "recordreply",
    "unlockrequest", "observationexpectation", "calibrationexercise", "referencelevel", "calibrationrating",
    "schoolplan", "planstanding", "plancheck", "planaction", "supportrequest", "secondlook", "meeting", "decision",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("instruction", "0013_evidence_people_trust"), ("schools", "0007_leave")]

    operations = [
        protect_rows("instruction_observationrecord", RECORD),
        protect_rows("instruction_recordreply", OF_RECORD),
        protect_rows("instruction_unlockrequest", OF_RECORD),
        protect_rows("instruction_calibrationrating", BLIND),
        *(log_changes(f"instruction_{name}") for name in LOGGED),
        log_changes("schools_leave"),
        migrations.RunSQL(LOG_RECORD, UNLOG_RECORD),
        migrations.RunSQL(PURPOSE, ANY_PURPOSE),
        migrations.RunSQL(FREEZE, migrations.RunSQL.noop),
        migrations.RunSQL(FREEZE_ORIGINS, THAW_ORIGINS),
    ]
