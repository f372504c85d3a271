"""What is held about a person in observations as they are written, handed out and blanked."""

import pytest
from django.db import IntegrityError, InternalError, ProgrammingError, connection, transaction
from django.utils import timezone

from alignment_dash.access.models import Change
from alignment_dash.access.persondata.registry import Subject
from alignment_dash.access.reach import all_rows
from instruction.models import RecordReply
from instruction.observing import person_data
from schools.models import Identity

pytestmark = pytest.mark.django_db


def test_erasing_blanks_what_was_written_of_them_and_before_and_what_they_replied(writer, district, stored):
    person = district.teachers[district.schools[0].pk][1]
    uid = writer.shared(writer.content(writer.line("secret one", 0), e1=(3, "secret why")))
    writer.post(uid, "open")
    writer.put(uid, writer.content(writer.line("secret two", 0), e1=3), base=1)
    writer.post(uid, "share")
    draft = writer.begin(writer.content(writer.line("secret draft", 0), e1=3))
    with all_rows(why="a test"):
        RecordReply.objects.create(record=stored(uid), person=person, text="secret reply")
        RecordReply.objects.filter(person=person).update(text="secret reply, again")
        subject = Subject(uid=person.uid, label="", person_id=person.pk, user_id=None, target=person)
        told = {
            one.key: list(one.rows(subject))
            for one in (person_data.WRITTEN, person_data.EARLIER, person_data.REPLIES)
        }
        assert all(word in str(told) for word in ("secret two", "secret one", "secret reply"))
        assert "secret draft" not in str(told)
        assert len(told["records-of-them"]) == person_data.WRITTEN.count(subject) == 2
        with pytest.raises((InternalError, ProgrammingError, IntegrityError)), transaction.atomic():
            person_data.WRITTEN.erase(subject)
        Identity.objects.filter(person=person).update(blanked_at=timezone.now())
        assert person_data.WRITTEN.erase(subject) == 2
        assert stored(uid).content == stored(draft).content == {}
        held = str([*Change.objects.filter(table_name__startswith="instruction_record").values_list("before", flat=True),
                    *Change.objects.filter(table_name="instruction_observationrecord").values_list("before", flat=True),
                    *RecordReply.objects.values_list("text", flat=True)])  # fmt: skip
        assert "secret" not in held
        assert person_data.EARLIER.count(subject) == 0
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM instruction_observationrecord WHERE content::text LIKE '%secret%'"
            )
            assert cursor.fetchone() == (0,)
