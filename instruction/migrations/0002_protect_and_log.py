"""Close ratings and person-level results by default, freeze published versions, keep before-images."""

from django.db import migrations

from alignment_dash.access.database import log_changes, protect_rows

ALL = "(SELECT access_reach_all())"
SCHOOL = "school_id = ANY ((SELECT access_reach_schools())::bigint[])"
ME = "(SELECT access_reach_person())"

OBSERVATION = f"{ALL} OR {SCHOOL} OR observer_id = {ME} OR observed_id = {ME}"
# The observation's own policy applies inside, so a rating opens with its observation and never without.
RATING = f"{ALL} OR EXISTS (SELECT 1 FROM instruction_observation o WHERE o.id = observation_id)"  # noqa: S608
TEACHER = f"{ALL} OR {SCHOOL} OR person_id = {ME}"
RATER = f"{ALL} OR person_id = {ME}"

FREEZE = """
CREATE FUNCTION instruction_refuse_published() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    held record;
    published boolean;
BEGIN
    IF TG_OP = 'DELETE' THEN held := OLD; ELSE held := NEW; END IF;
    IF TG_TABLE_NAME = 'instruction_frameworkversion' THEN
        published := TG_OP <> 'INSERT' AND OLD.state = 'published';
    ELSIF TG_TABLE_NAME = 'instruction_leveldescriptor' THEN
        SELECT v.state = 'published' INTO published FROM instruction_frameworkversion v
        JOIN instruction_elementversion e ON e.version_id = v.id WHERE e.id = held.element_version_id;
    ELSE
        SELECT v.state = 'published' INTO published FROM instruction_frameworkversion v WHERE v.id = held.version_id;
    END IF;
    IF published THEN
        RAISE EXCEPTION 'a published framework version cannot be changed: publish a new version'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'instruction_version_published_is_final';
    END IF;
    RETURN held;
END $$;
CREATE TRIGGER instruction_frozen BEFORE UPDATE OR DELETE ON instruction_frameworkversion
    FOR EACH ROW EXECUTE FUNCTION instruction_refuse_published();
CREATE TRIGGER instruction_frozen BEFORE INSERT OR UPDATE OR DELETE ON instruction_dimension
    FOR EACH ROW EXECUTE FUNCTION instruction_refuse_published();
CREATE TRIGGER instruction_frozen BEFORE INSERT OR UPDATE OR DELETE ON instruction_elementversion
    FOR EACH ROW EXECUTE FUNCTION instruction_refuse_published();
CREATE TRIGGER instruction_frozen BEFORE INSERT OR UPDATE OR DELETE ON instruction_leveldescriptor
    FOR EACH ROW EXECUTE FUNCTION instruction_refuse_published();
"""
THAW = """
DROP TRIGGER instruction_frozen ON instruction_leveldescriptor;
DROP TRIGGER instruction_frozen ON instruction_elementversion;
DROP TRIGGER instruction_frozen ON instruction_dimension;
DROP TRIGGER instruction_frozen ON instruction_frameworkversion;
DROP FUNCTION instruction_refuse_published();
"""


class Migration(migrations.Migration):
    dependencies = [("instruction", "0001_initial"), ("access", "0002_row_reach_and_change_log")]

    operations = [
        protect_rows("instruction_observation", OBSERVATION),
        protect_rows("instruction_rating", RATING),
        protect_rows("instruction_teachercapacity", TEACHER),
        protect_rows("instruction_raterseverity", RATER),
        log_changes("instruction_target"),
        log_changes("instruction_observation"),
        log_changes("instruction_rating"),
        migrations.RunSQL(FREEZE, THAW),
    ]
