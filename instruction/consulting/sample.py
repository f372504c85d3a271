"""Step: what people of a sample district say of a draft, its focus of this year, and what its elements rest on."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml
from django.utils import timezone

from alignment_dash.access.models import User
from alignment_dash.access.roles import Role
from instruction.defining.actions import begin_draft, copied
from instruction.models import (
    Consultation,
    Element,
    ElementComment,
    ElementSource,
    ElementVersion,
    FocusElement,
    FocusVote,
    FrameworkKind,
    FrameworkVersion,
    VersionState,
)
from schools.sample.sample import Sample

LABEL = "2 (draft)"
WORDS = Path(__file__).parent / "sample.yaml"


def load_consulting(sample: Sample) -> int:
    """Write sources, this year's focus, and a draft with comments and votes; return the number of rows."""
    words = yaml.safe_load(WORDS.read_text())
    elements = {(one.framework.kind, one.code): one for one in Element.objects.select_related("framework")}
    users = {user.email.partition("@")[0]: user for user in User.objects.all()}
    editor = users[Role.CI_ADMINISTRATOR]
    sources = ElementSource.objects.bulk_create(
        ElementSource(element=elements[one.pop("kind"), one.pop("element")], added_by=editor, **one)
        for one in words["sources"]
    )
    focus = FocusElement.objects.bulk_create(
        FocusElement(
            element=elements[FrameworkKind.TEACHING, code], school_year=sample.calendar.year, why=why
        )
        for code, why in words["focus"].items()
    )
    return len(sources) + len(focus) + _consult(sample, words, users)


def _consult(sample: Sample, words: dict[str, Any], users: dict[str, User]) -> int:
    """Ask about a draft of the next version: a copy of the one in force, open for three more weeks."""
    editor, version = users[Role.CI_ADMINISTRATOR], _draft(users[Role.CI_ADMINISTRATOR])
    worded = _by_code(version)
    opened = date.fromordinal(sample.calendar.today) - timedelta(days=7)
    Consultation.objects.create(
        version=version, opens_on=opened, closes_on=opened + timedelta(days=28), votes_each=3
    )
    comments = [
        ElementComment(
            version=version, element_version=worded.get(one["element"]), author=users[one["role"]],
            role=one["role"], text=one["text"],
        )
        for one in words["comments"]
    ]  # fmt: skip
    comments[0].answer, comments[0].answered_by = words["answer"], editor
    comments[0].answered_at = timezone.now()
    ElementComment.objects.bulk_create(comments)
    votes = FocusVote.objects.bulk_create(
        FocusVote(element_version=worded[code], voter=users[role], role=role)
        for role, codes in words["votes"].items()
        for code in codes
        if code in worded
    )
    return len(comments) + len(votes) + 1


def _by_code(version: FrameworkVersion) -> dict[str, ElementVersion]:
    """Return the draft's elements by their codes, and by those they had before it."""
    held = {one.element_id: one for one in version.elements.select_related("element")}
    earlier = {
        origin.earlier.code: held[origin.element_id]
        for origin in version.origins.select_related("earlier")
        if origin.element_id in held
    }
    return earlier | {one.element.code: one for one in held.values()}


def _draft(editor: User) -> FrameworkVersion:
    """Return the draft of the framework for teaching, made where there is none."""
    of_teaching = FrameworkVersion.objects.filter(framework__kind=FrameworkKind.TEACHING)
    held = of_teaching.filter(state=VersionState.DRAFT).first()
    if held is not None:
        return held
    newest = of_teaching.filter(state=VersionState.PUBLISHED).latest("pk")
    return begin_draft(definition=copied(newest, LABEL), by=editor, source="copy")
