"""Rosters as a kind of upload: the work of one import, from its bytes to what came of it."""

import hashlib
import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.access.reach import all_rows
from alignment_dash.runs import actions, uploads
from alignment_dash.runs.models import Run, UploadState
from alignment_dash.runs.registry import Progress
from alignment_dash.runs.upload_states import APPLIED, WAITING
from schools.account_rules.apply import apply_rules
from schools.imports import findings as roster_findings
from schools.imports import reverts as roster_reverts
from schools.imports.given import unseen_roles
from schools.imports.hold_limits import FIELDS, current_limits
from schools.imports.options import RosterOptions, fields_of
from schools.models import ExternalId, HoldLimits, Kind, RosterImport
from schools.models.imports import Intent
from schools.role_words.queries import role_rules
from schools.rosters.findings import Findings
from schools.rosters.holds import Hold, holds
from schools.rosters.loader import Loaded, load_roster
from schools.rosters.package import Limits, Refused, open_package
from schools.rosters.plan import without_names
from schools.rosters.reader import Options
from schools.rosters.reverting import forget_inverses
from schools.rosters.role_rules import RoleRule
from schools.rosters.rules import RULES

_NO_ROSTER = {"package.empty", "package.not_a_zip"}
_LOOKED_BACK = 30  # imports of a source, for the last full list of each type


def refuse(content: bytes) -> str:
    """Say why these bytes cannot be a bundle at all; "" for what is to be looked into."""
    try:
        open_package(io.BytesIO(content), Limits(), Findings())
    except Refused as refusal:
        if refusal.code in _NO_ROSTER:
            return RULES[refusal.code].message
    return ""


def is_due(upload: RosterImport) -> bool:
    """Say whether there is work to do on an import: to take it in, or to take it back."""
    return upload.is_open or (upload.intent == Intent.REVERT and upload.state in APPLIED)


def work(upload: RosterImport, run: Run, progress: Progress) -> uploads.Outcome:
    """Check the bundle, then write it, plan it, or hold it; or undo what it has written."""
    if upload.intent == Intent.REVERT:
        return roster_reverts.perform(upload, progress)
    words = {"checking": gettext("Checking the roster"), "writing": gettext("Writing the roster")}
    given, rules = upload.options, role_rules()
    importing = _Importing(upload, settings_of(rules, current_limits()))
    loaded = load_roster(
        uploads.open_content(upload),
        source=given.get("source", ""),
        options=Options(
            encoding=given.get("encoding", "utf-8"),
            year_start=settings.SCHOOL_YEAR_START,
            strict=given.get("strict", False),
            role_rules=rules,
        ),
        report=lambda done, total, label: progress(done, total, words[label]),
        before_writing=lambda: uploads.applying(upload),
        decide=importing.decide,
        written=importing.written,
        override_edits=given.get("override_edits", False),
        roster_import=upload,
        by=upload.approved_by or upload.received_by,
    )
    return importing.outcome(loaded)


def settings_of(rules: Sequence[RoleRule], limits: HoldLimits) -> str:
    """Return what names the district's own settings that decide what a roster does: 64 hex digits."""
    said = [[asdict(rule) for rule in rules], [getattr(limits, name) for name in FIELDS]]
    return _digest(said)


def stands(upload: RosterImport) -> bool:
    """Say whether an import still stands for its bytes: sent again, they would do nothing else now.

    Not one that is being taken back, nor one planned before a roster was taken back, or by other rules or limits.
    """
    if upload.intent == Intent.REVERT:
        return False
    if upload.is_open or upload.planned_at is None:
        return True
    since = RosterImport.objects.filter(state=UploadState.REVERTED, reverted_at__gt=upload.planned_at)
    return upload.plan.get("settings") == settings_of(role_rules(), current_limits()) and not since.exists()


def _digest(said: object) -> str:
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()


@dataclass(slots=True)
class _Importing:
    """One import on its way: what speaks against it, and what comes of it. `settings` are those it was read by."""

    upload: RosterImport
    settings: str
    holds: list[Hold] = field(default_factory=list)

    def decide(self, loaded: Loaded) -> bool:
        """Apply what nothing speaks against, or what a person has approved exactly as it now is."""
        loaded.plan |= unseen_roles(self.upload.received_by)
        self.holds = holds(
            loaded.plan,
            current_limits(),
            source=loaded.source,
            previous_rows=_previous_rows(loaded.source),
            uploader=self.upload.received_by_id,
            accounts=_accounts(loaded),
        )
        # An approval is of what was shown: of whose sign-in closes and who gets a role, and of every reason against it.
        shown = [loaded.plan.get(name, []) for name in ("users_suspended", "users_spared")]
        shown += [loaded.plan["roles_given"]] if "roles_given" in loaded.plan else []
        loaded.plan_hash = _digest([loaded.plan_hash, *shown])
        if self.upload.approved_hash:
            seen = {(hold["code"], hold["type"]) for hold in self.upload.holds}
            new = {(hold.code, hold.type) for hold in self.holds} - seen
            return self.upload.approved_hash == loaded.plan_hash and not new
        return self.upload.intent == Intent.APPLY and not self.holds

    def written(self, loaded: Loaded) -> None:
        """End the import and ring; in the transaction of the rows, so that neither is without the other."""
        by = self.upload.approved_by or self.upload.received_by
        uploads.end(self.upload, self.outcome(loaded))
        audit.record(
            act="roster-import.apply",
            target=self.upload,
            by=by,
            detail={"source": loaded.source, "counts": {k: _written(v) for k, v in loaded.counts.items()}},
        )
        _tell_waiting(self.upload)
        apply_rules(by=by)
        for year in loaded.school_years:
            actions.inputs_changed(topic="roster", school_year=year, by=by, reason="roster imported")

    def outcome(self, loaded: Loaded) -> uploads.Outcome:
        """Return what came of the bundle; of one that waits for a person, nothing yet."""
        findings, accepted = loaded.roster.findings, loaded.roster.accepted
        return uploads.Outcome(
            accepted=accepted,
            counts=loaded.counts,
            findings=roster_findings.rows_of(findings),
            findings_total=roster_findings.total_of(findings),
            message=self._message(loaded) if accepted else roster_findings.rejection(findings),
            waits=None if loaded.applied or not accepted else self._turn(),
            fields={
                "version": loaded.roster.version,
                "source": loaded.source,
                "groups": roster_findings.groups_of(findings),
                "unmatched": dict(loaded.roster.unmatched_words),
                **(self._planned(loaded) if accepted else {}),
            },
        )

    def _turn(self) -> UploadState:
        return UploadState.HELD if self.holds or self.upload.approved_hash else UploadState.PLANNED

    def _planned(self, loaded: Loaded) -> dict[str, Any]:
        now = timezone.now()
        plan = without_names(loaded.plan) if loaded.applied else loaded.plan
        planned: dict[str, Any] = {
            # What to compute again when it is reverted, which the plan's own numbers do not say.
            "plan": {**plan, "school_years": loaded.school_years, "settings": self.settings},
            "plan_hash": loaded.plan_hash,
            "planned_at": now,
            "holds": [asdict(hold) for hold in self.holds],
        }
        if loaded.applied:
            return {**planned, "applied_at": now}
        return {**planned, "approved_hash": "", "approved_by": None, "approved_at": None}

    def _message(self, loaded: Loaded) -> str:
        said = []
        if self.upload.approved_hash and not loaded.applied:
            said.append(
                gettext(
                    "The district has changed since the plan was approved. This is the new plan: look again."
                )
            )
        if spared := len(loaded.plan.get("users_spared", [])):
            said.append(
                ngettext(
                    "The roster would suspend the last administrator, whose sign-in stays.",
                    "The roster would suspend the last %(n)s administrators, whose sign-in stays.",
                    spared,
                )
                % {"n": spared}
            )
        return " ".join(said)


def _accounts(loaded: Loaded) -> int:
    """Return how many people of the source could sign in before this roster, which is written and not committed."""
    people = ExternalId.objects.filter(kind=Kind.PERSON, system__code=loaded.source)
    able = User.objects.able().filter(person__in=people.values("row_id")).count()
    return able + len(loaded.plan.get("users_suspended", []))


def _previous_rows(source: str) -> dict[str, int]:
    """Return the rows by type of the last full list of each that was applied from a source."""
    found: dict[str, int] = {}
    imports = RosterImport.objects.standing().filter(source=source)
    for types in imports.values_list("plan__types", flat=True)[:_LOOKED_BACK]:
        for name, counts in (types or {}).items():
            if counts.get("mode") == "bulk":
                found.setdefault(name, counts.get("rows", 0))
    return found


def _tell_waiting(applied: RosterImport) -> None:
    """Say on the imports of the same source that wait for a person that their plan has aged."""
    waiting = RosterImport.objects.filter(state__in=WAITING, source=applied.source).exclude(pk=applied.pk)
    waiting.update(
        message=gettext(
            "Another roster of this source was applied since. When this one is approved, its plan is made anew"
            " and shown again."
        )
    )


def _written(count: Mapping[str, int]) -> dict[str, int]:
    acts = ("created", "updated", "unchanged", "ended", "returned")
    return {name: count[name] for name in acts if name in count}


def failed(upload: RosterImport, message: str) -> None:
    """Say that an import, or taking one back, stopped."""
    if upload.is_open:
        uploads.end_badly(upload, message)
    elif is_due(upload):
        roster_reverts.give_up(upload, gettext("It was not reverted: nothing was changed."), message)


def expire(now: datetime) -> None:
    """Abort what has waited for a person too long, and forget old inverses: bytes and images hold names."""
    days = current_limits().keep_days
    waiting = RosterImport.objects.filter(state__in=WAITING, planned_at__lt=now - timedelta(days=days))
    message = ngettext(
        "Nobody approved it within %(days)s day. Send it again if it is still wanted.",
        "Nobody approved it within %(days)s days. Send it again if it is still wanted.",
        days,
    )
    for upload in waiting.defer("content", "findings", "groups"):
        uploads.change(
            upload,
            state=UploadState.ABORTED,
            message=message % {"days": days},
            plan=without_names(upload.plan),
            content=b"",
            ended_at=now,
        )
    with all_rows(why="inverses of rosters hold images of every row they wrote"):
        forget_inverses(now)


KIND = uploads.UploadKind(
    kind="roster-import",
    model=RosterImport,
    work=work,
    title=_("Roster imports"),
    hint=_(
        "Send the OneRoster export of your student information system: a zip of CSV files, version 1.1 or 1.2."
        " A file with an error changes nothing; one that would end or change unusually much waits until someone"
        " has looked at it."
    ),
    accept=".zip,application/zip",
    list_url="schools:roster-import-list",
    detail_url="schools:roster-import-detail",
    api_detail="api-roster-import-detail",
    api_findings="api-roster-import-findings",
    options=RosterOptions,
    refuse=refuse,
    fields=fields_of,
    one_at_a_time=True,
    is_due=is_due,
    stands=stands,
    failed=failed,
    expire=expire,
)
