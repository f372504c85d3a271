"""Close notes, commitments and calendars; keep before-images of what people decide and enter."""

from django.db import migrations

from alignment_dash.access.database import log_changes, protect_rows

ALL = "(SELECT access_reach_all())"
SCHOOL = "school_id = ANY ((SELECT access_reach_schools())::bigint[])"
ME = "(SELECT access_reach_person())"

# These two alone, whoever has the school in a caseload later.
NOTE = f"{ALL} OR supervisor_id = {ME} OR principal_id = {ME}"
COMMITMENT = f"{ALL} OR principal_id = {ME} OR writer_id = {ME} OR {SCHOOL}"
EVENT = f"{ALL} OR supervisor_id = {ME}"

LOGGED = (
    "needweights", "supervisorlimits", "balanceproposal", "proposedmove", "timeentry", "entryprincipal",
    "noncontactday", "timegoal", "visit", "visitnote", "commitment", "supervisorsupport", "expectedopening",
    "benchcandidate",
)  # fmt: skip


class Migration(migrations.Migration):
    dependencies = [("supervision", "0003_supervisors_work")]

    operations = [
        protect_rows("supervision_visitnote", NOTE),
        protect_rows("supervision_commitment", COMMITMENT),
        protect_rows("supervision_calendarevent", EVENT),
        *(log_changes(f"supervision_{name}") for name in LOGGED),
    ]
