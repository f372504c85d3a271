"""Events of the audit in plain words: who did what to what. No sentence holds a rating."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from alignment_dash.access.models import AuditEvent
from alignment_dash.access.roles import Role

L = gettext_lazy


@dataclass(frozen=True, slots=True)
class Group:
    """Acts that the page of the audit shows together; one that ends in a dot stands for all that begin with it."""

    label: Promise
    acts: tuple[str, ...]


GROUPS: dict[str, Group] = {
    "sign-ins": Group(L("Sign-ins and sign-outs"), ("sign-in", "sign-in.", "sign-out", "second-factor.")),
    "failed": Group(L("Failed sign-ins"), ("sign-in.failed", "second-factor.refused", "client.sign-in.failed")),
    "views": Group(L("Evidence about persons looked at"), ("view.",)),
    "exports": Group(L("Exports"), ("export.",)),
    "roles": Group(
        L("Accounts, roles and programs"),
        ("user.", "role.", "grant.", "client.", "token.", "act-as.", "account-rule.", "caseload.",
         "second-factor.remove"),
    ),
    "imports": Group(
        L("Imports"),
        (
            "roster-import.", "observation-import.", "roster-feed.", "role-rule.", "waiting-role.", "alias.",
            "import-mapping.", "hold-limits.",
        ),
    ),
    "decisions": Group(
        L("Decisions and edits"),
        (
            "position.", "targets.", "school-targets.", "school-plan.", "support-request.", "second-look.", "visiting-observer.", "expectation.", "leave.", "record.", "framework.", "run.", "org.", "person.",
            "section.", "course.", "hand-edit.", "retention.", "audit.", "meeting.", "decision.", "consultation.",
            "focus.", "source.", "calibration.", "visit.", "commitment.", "self-assessment.", "notices.", "need-weights.",
            "balance.", "bench.", "calendar.", "week.", "time.", "support.",
        ),
    ),
}  # fmt: skip

# What someone holds is named by who holds it.
_HELD = frozenset({"access.rolegrant", "access.grant"})

# By the act; %(by)s is who did it, %(target)s what it was done to, as both were called then.
SENTENCES: dict[str, Promise] = {
    "sign-in": L("%(by)s signed in"),
    "sign-in.failed": L("A sign-in to the account of %(target)s failed"),
    "sign-in.unknown": L("A sign-in failed with an address that no account has"),
    "sign-out": L("%(by)s signed out"),
    "notices.settle": L("%(by)s looked for notices"),
    "notices.read": L("%(by)s marked notices as read"),
    "notices.choose": L("%(by)s chose how to hear of notices"),
    "second-factor.add": L("%(by)s added a second factor"),
    "second-factor.refused": L("A second factor for the account of %(target)s was wrong"),
    "second-factor.recovery-code": L("%(by)s signed in with a recovery code"),
    "second-factor.remove": L("A second factor of %(target)s was removed"),
    "second-factor.renew": L("%(by)s renewed the recovery codes"),
    "view.teachers": L("%(by)s looked at the teachers' figures of %(target)s"),
    "view.evidence": L("%(by)s looked at the evidence about %(target)s"),
    "view.not-observed": L("%(by)s looked at who was not observed at %(target)s"),
    "view.records": L("%(by)s looked at the list of shared observations of %(target)s"),
    "view.record": L("%(by)s read an observation: %(target)s"),
    "view.leadership": L("%(by)s looked at principals' leadership: %(target)s"),
    "export.leadership": L("%(by)s exported figures of principals' leadership"),
    "self-assessment.begin": L("%(by)s began a self-assessment"),
    "self-assessment.save": L("%(by)s changed a self-assessment"),
    "self-assessment.share": L("%(by)s shared a self-assessment"),
    "self-assessment.discard": L("%(by)s discarded a self-assessment that was not shared"),
    "self-assessment.take-back": L("%(by)s took a self-assessment back"),
    "view.leave": L("%(by)s looked at who is away"),
    "view.observers": L("%(by)s looked at how strict observers are"),
    "view.calibration": L("%(by)s looked at observers' levels by name: %(target)s"),
    "view.calibration-standing": L("%(by)s looked at how observers stand in calibration"),
    "view.ratings": L("%(by)s looked at ratings of teachers of %(target)s"),
    "view.import-rows": L("%(by)s looked at rows of a file of ratings: %(target)s"),
    "view.person-data": L("%(by)s looked at what kinds of data are held about %(target)s"),
    "export.calibration": L("%(by)s exported observers' levels by name: %(target)s"),
    "export.capacity": L("%(by)s exported the capacity map"),
    "export.comments": L("%(by)s exported the comments on a draft: %(target)s"),
    "consultation.set": L("%(by)s set the consultation on %(target)s"),
    "consultation.comment": L("%(by)s commented on a draft"),
    "consultation.answer": L("%(by)s answered a comment on a draft"),
    "consultation.vote": L("%(by)s voted on the focus of %(target)s"),
    "focus.set": L("%(by)s chose the focus of a school year of %(target)s"),
    "source.add": L("%(by)s added a source to an element: %(target)s"),
    "source.remove": L("%(by)s removed a source of an element: %(target)s"),
    "export.tiers": L("%(by)s exported tiers beside capacity"),
    "export.completion": L("%(by)s exported which schools' teachers were observed when"),
    "export.leave": L("%(by)s exported who is away"),
    "export.support-requests": L("%(by)s exported what schools ask for"),
    "export.visits": L("%(by)s exported visits"),
    "export.commitments": L("%(by)s exported commitments"),
    "view.visit-sheet": L("%(by)s looked at the sheet for a visit to %(target)s"),
    "view.visit-notes": L("%(by)s read notes of their own visits"),
    "export.second-looks": L("%(by)s exported second looks"),
    "export.evidence-plan": L("%(by)s exported the plan of visits"),
    "export.walks": L("%(by)s exported what walks without names saw at %(target)s"),
    "export.findings": L("%(by)s exported the findings of an import: %(target)s"),
    "export.audit": L("%(by)s exported the audit"),
    "export.person-data": L("%(by)s handed out everything held about %(target)s"),
    "user.add": L("%(by)s added the account of %(target)s"),
    "user.edit": L("%(by)s changed the account of %(target)s"),
    "user.deactivate": L("%(by)s closed the account of %(target)s"),
    "user.reactivate": L("%(by)s opened the account of %(target)s again"),
    "user.link": L("The account of %(target)s was linked to a sign-in elsewhere"),
    "user.unlink": L("A sign-in elsewhere was unlinked from the account of %(target)s"),
    "user.person": L("The account of %(target)s was tied to a person of the roster"),
    "user.password": L("The password of %(target)s was changed"),
    "user.password-link": L("A link to set a password was sent to %(target)s"),
    "user.sessions-end": L("%(by)s ended every session of %(target)s"),
    "account-rule.set": L("%(by)s set which roles of the roster give an account: %(target)s"),
    "user.suspend": L("A roster closed sign-in to %(target)s"),
    "user.readmit": L("A roster opened sign-in to %(target)s again"),
    "role.give": L("%(by)s gave a role to %(target)s"),
    "role.end": L("%(by)s ended a role of %(target)s"),
    "role.keep": L("%(by)s let %(target)s keep a role"),
    "grant.open": L("A school was opened to someone: %(target)s"),
    "grant.end": L("A school was closed to someone: %(target)s"),
    "act-as.start": L("%(by)s began to act as %(target)s"),
    "act-as.end": L("%(by)s stopped acting as %(target)s"),
    "client.add": L("%(by)s let a program sign in: %(target)s"),
    "client.change": L("%(by)s changed what a program may do: %(target)s"),
    "client.rotate": L("%(by)s made a new secret for a program: %(target)s"),
    "client.disable": L("%(by)s ended the sign-in of a program: %(target)s"),
    "client.sign-in": L("A program signed in: %(target)s"),
    "client.sign-in.failed": L("A program's sign-in failed: %(target)s"),
    "token.create": L("A token was made for %(target)s"),
    "caseload.assign": L("%(by)s assigned a caseload: %(target)s"),
    "caseload.end_all": L("%(by)s ended the caseload of %(target)s"),
    "caseload.follow": L("The caseload of %(target)s followed the roster"),
    "caseload.vacate": L("A principal was taken out of the caseload of %(target)s"),
    "caseload.supervisor_left": L("The caseload of %(target)s ended with their last day"),
    "need-weights.set": L("%(by)s set the weights of the need index"),
    "view.caseload": L("%(by)s looked at the needs in the caseload of %(target)s"),
    "export.caseload": L("%(by)s exported the caseload of %(target)s"),
    "export.caseloads": L("%(by)s exported the caseloads"),
    "caseload.end": L("%(by)s ended a caseload: %(target)s"),
    "caseload.limits": L("%(by)s set the limits of a caseload: %(target)s"),
    "caseload.span": L("%(by)s set how many principals a supervisor has: %(target)s"),
    "balance.propose": L("%(by)s asked for more even caseloads: %(target)s"),
    "balance.draft": L("%(by)s drafted changes of caseloads: %(target)s"),
    "balance.accept": L("%(by)s accepted changes of caseloads: %(target)s"),
    "balance.decline": L("%(by)s declined changes of caseloads: %(target)s"),
    "view.need": L("%(by)s looked at principals' need index: %(target)s"),
    "export.balance": L("%(by)s exported a proposal of caseloads: %(target)s"),
    "caseload.from_roster": L("A roster set a caseload: %(target)s"),
    "roster-import.receive": L("%(by)s sent a roster: %(target)s"),
    "roster-import.apply": L("A roster was applied: %(target)s"),
    "roster-import.approve": L("%(by)s approved a roster: %(target)s"),
    "roster-import.abort": L("%(by)s gave up a roster: %(target)s"),
    "roster-import.retry": L("%(by)s tried a roster again: %(target)s"),
    "roster-import.revert": L("A roster was taken back: %(target)s"),
    "roster-import.revert.request": L("%(by)s asked to take a roster back: %(target)s"),
    "observation-import.receive": L("%(by)s sent a file of ratings: %(target)s"),
    "observation-import.apply": L("A file of ratings was imported: %(target)s"),
    "observation-import.start": L("%(by)s started an import of ratings: %(target)s"),
    "observation-import.columns": L("%(by)s said what columns of a file mean: %(target)s"),
    "observation-import.values": L("%(by)s said what words of a file mean: %(target)s"),
    "observation-import.discard": L("%(by)s discarded a file of ratings: %(target)s"),
    "observation-import.forget": L("The bytes of a file of ratings were forgotten: %(target)s"),
    "roster-feed.create": L("%(by)s added a roster feed: %(target)s"),
    "roster-feed.change": L("%(by)s changed a roster feed: %(target)s"),
    "roster-feed.test": L("%(by)s tested a roster feed: %(target)s"),
    "role-rule.add": L("%(by)s added a rule for role words: %(target)s"),
    "role-rule.change": L("%(by)s changed a rule for role words: %(target)s"),
    "role-rule.place": L("%(by)s moved a rule for role words: %(target)s"),
    "role-rule.remove": L("%(by)s removed a rule for role words: %(target)s"),
    "waiting-role.decide": L("A role of the roster was decided: %(target)s"),
    "waiting-role.undo": L("%(by)s took back what was decided of a role: %(target)s"),
    "alias.set": L("%(by)s said what a word of a file means: %(target)s"),
    "alias.answer": L("%(by)s said what a word of a file means: %(target)s"),
    "alias.remove": L("%(by)s removed what a word of files means: %(target)s"),
    "import-mapping.save": L("%(by)s saved how a product's files are read: %(target)s"),
    "import-mapping.remove": L("%(by)s removed how a product's files are read: %(target)s"),
    "hold-limits.set": L("%(by)s changed when rosters are held"),
    "position.add": L("%(by)s added a position: %(target)s"),
    "position.fill": L("%(by)s filled a position: %(target)s"),
    "position.vacate": L("%(by)s vacated a position: %(target)s"),
    "position.from_roster": L("A roster set a position: %(target)s"),
    "targets.set": L("%(by)s set the targets"),
    "school-targets.set": L("%(by)s set the targets of the school plan of %(target)s"),
    "school-plan.begin": L("%(by)s began a school improvement plan: %(target)s"),
    "school-plan.fill": L("%(by)s took over a school's figures into its plan: %(target)s"),
    "school-plan.write": L("%(by)s wrote what a school says of its figures: %(target)s"),
    "school-plan.action": L("%(by)s wrote what a school does: %(target)s"),
    "school-plan.share": L("%(by)s shared a school improvement plan: %(target)s"),
    "school-plan.close": L("%(by)s closed a school improvement plan with its result: %(target)s"),
    "support-request.write": L("%(by)s asked the district for support: %(target)s"),
    "support-request.withdraw": L("%(by)s withdrew a request for support: %(target)s"),
    "support-request.answer": L("%(by)s answered a request for support: %(target)s"),
    "second-look.record": L("%(by)s recorded a second look at a school's figure: %(target)s"),
    "second-look.change": L("%(by)s changed a second look: %(target)s"),
    "visit.plan": L("%(by)s planned a visit"),
    "visit.done": L("%(by)s recorded a visit"),
    "visit.change": L("%(by)s changed a visit"),
    "visit.cancel": L("%(by)s canceled a visit"),
    "visit.restore": L("%(by)s brought a canceled visit back"),
    "visit.note": L("%(by)s wrote a note of a visit"),
    "visit.note-change": L("%(by)s changed a note of a visit"),
    "commitment.make": L("%(by)s wrote down a commitment"),
    "commitment.change": L("%(by)s changed a commitment"),
    "commitment.end": L("%(by)s said what became of a commitment"),
    "time.add": L("%(by)s entered time"),
    "time.change": L("%(by)s changed an entry of time"),
    "time.remove": L("%(by)s removed an entry of time"),
    "time.goal": L("%(by)s set a goal for time: %(target)s"),
    "time.leave-out": L("%(by)s left days out of time: %(target)s"),
    "time.count-again": L("%(by)s had days count again in time: %(target)s"),
    "calendar.set": L("%(by)s had their calendar read"),
    "calendar.remove": L("%(by)s had their calendar forgotten"),
    "calendar.read": L("%(by)s read their calendar"),
    "week.confirm": L("%(by)s confirmed a week of their time"),
    "week.reopen": L("%(by)s opened a week of their time again"),
    "support.add": L("%(by)s recorded support that %(target)s received"),
    "support.change": L("%(by)s changed what support %(target)s received"),
    "support.remove": L("%(by)s took out support recorded for %(target)s"),
    "bench.opening.add": L("%(by)s expects a principal's position to open"),
    "bench.opening.change": L("%(by)s changed an expected opening"),
    "bench.opening.filled": L("%(by)s said that an opening is filled"),
    "bench.opening.withdrawn": L("%(by)s no longer expects an opening"),
    "bench.candidate.add": L("%(by)s named someone as ready to become a principal"),
    "bench.candidate.change": L("%(by)s changed what is said of a candidate"),
    "bench.candidate.withdraw": L("%(by)s took a candidate off the principal bench"),
    "bench.candidate.leave": L("%(by)s left the principal bench"),
    "export.own-time": L("%(by)s exported their own time"),
    "export.supervisors-time": L("%(by)s exported sums of principal supervisors' time"),
    "export.principals": L("%(by)s exported their caseload's principals"),
    "export.principal-supervisors": L("%(by)s exported the view of principal supervisors"),
    "export.principal-bench": L("%(by)s exported the principal bench"),
    "export.supervisor-support": L("%(by)s exported the support that principal supervisors received"),
    "second-look.outcome": L("%(by)s said what came of a second look: %(target)s"),
    "visiting-observer.set": L("%(by)s said whether %(target)s may observe at other schools"),
    "record.started": L("%(by)s began an observation: %(target)s"),
    "record.shared": L("%(by)s shared an observation: %(target)s"),
    "record.opened": L("%(by)s took an observation back for correction: %(target)s"),
    "record.locked": L("%(by)s locked an observation: %(target)s"),
    "record.discarded": L("%(by)s deleted a draft of an observation: %(target)s"),
    "record.acknowledged": L("%(by)s said that they read an observation: %(target)s"),
    "record.replied": L("%(by)s replied to an observation: %(target)s"),
    "record.unlock-asked": L("%(by)s asked that an observation be unlocked: %(target)s"),
    "record.unlocked": L("%(by)s unlocked an observation: %(target)s"),
    "record.unlock-refused": L("%(by)s left an observation locked: %(target)s"),
    "expectation.set": L("%(by)s set how often people are to be observed"),
    "calibration.video": L("%(by)s made a lesson on video known for calibration: %(target)s"),
    "calibration.make": L("%(by)s began a calibration exercise: %(target)s"),
    "calibration.change": L("%(by)s changed a calibration exercise: %(target)s"),
    "calibration.references": L("%(by)s set reference levels of a calibration exercise: %(target)s"),
    "calibration.invite": L("%(by)s invited observers to a calibration exercise: %(target)s"),
    "calibration.excuse": L("%(by)s excused an observer from a calibration exercise: %(target)s"),
    "calibration.open": L("%(by)s opened a calibration exercise for rating: %(target)s"),
    "calibration.submit": L("%(by)s handed in levels in a calibration exercise: %(target)s"),
    "calibration.release": L("%(by)s released the levels of a calibration exercise: %(target)s"),
    "calibration.cancel": L("%(by)s canceled a calibration exercise: %(target)s"),
    "calibration.comment": L("%(by)s commented on a calibration exercise: %(target)s"),
    "calibration.standard": L("%(by)s set from where on observers are called calibrated"),
    "leave.add": L("%(by)s added a leave of %(target)s"),
    "leave.change": L("%(by)s changed a leave of %(target)s"),
    "leave.remove": L("%(by)s removed a leave of %(target)s"),
    "leave.import": L("%(by)s took in a leave of %(target)s from a file"),
    "framework.publish": L("%(by)s published a framework: %(target)s"),
    "framework.draft": L("%(by)s began a draft of a framework: %(target)s"),
    "framework.draft.change": L("%(by)s changed a draft of a framework: %(target)s"),
    "framework.draft.delete": L("%(by)s deleted a draft of a framework: %(target)s"),
    "framework.retire": L("%(by)s retired a version of a framework: %(target)s"),
    "meeting.call": L("%(by)s planned a meeting: %(target)s"),
    "meeting.change": L("%(by)s changed a meeting: %(target)s"),
    "meeting.close": L("%(by)s closed the record of a meeting: %(target)s"),
    "meeting.open": L("%(by)s opened the record of a meeting again: %(target)s"),
    "decision.add": L("%(by)s recorded a decision of a meeting: %(target)s"),
    "decision.change": L("%(by)s changed a decision of a meeting: %(target)s"),
    "export.meeting": L("%(by)s exported the pack of a meeting: %(target)s"),
    "export.decisions": L("%(by)s exported decisions of meetings"),
    "run.request": L("%(by)s asked for numbers to be computed: %(target)s"),
    "org.add": L("%(by)s added a place: %(target)s"),
    "org.edit": L("%(by)s edited a place: %(target)s"),
    "person.erase.ask": L("%(by)s asked to erase a person's data"),
    "person.erase": L("A person's data was erased"),
    "person.erase.withdraw": L("%(by)s took back that a person's data be erased"),
    "audit.blank": L("An erased person's name was blanked in the audit"),
    "person.return": L("Someone whose data was erased came back"),
    "audit.prune": L("The oldest years of this record were removed by who runs the servers"),
    "retention.set": L("%(by)s set how long something is kept: %(target)s"),
    "retention.remove": L("What had been kept long enough was removed: %(target)s"),
    "person.edit": L("%(by)s edited a person's name: %(target)s"),
    "section.edit": L("%(by)s edited a class: %(target)s"),
    "course.edit": L("%(by)s edited a course: %(target)s"),
    "hand-edit.give-back": L("%(by)s gave a field back to the roster: %(target)s"),
}


def holder(event: AuditEvent) -> str:
    """Return the uid of the account that an event about a role or an opened school is about, "" for others."""
    return str(event.detail.get("user") or "") if event.target_kind in _HELD else ""


def sentence(event: AuditEvent, names: Mapping[str, str] | None = None) -> str:
    """Return an event in words, without its time. names: of accounts by uid, for events about their roles."""
    held_by = (names or {}).get(holder(event), "")
    words = {"by": who(event), "target": held_by or event.target_label}
    known = SENTENCES.get("sign-in.unknown" if event.target_kind == "unknown" else event.act)
    said = str(known) % words if known else _other(event, words)
    return f"{said}{_aside(event)}"


def who(event: AuditEvent) -> str:
    """Return who did it, as they were called then."""
    if event.by_label == "system" and event.by_id is None:
        return _("The program")
    return event.by_label or _("Someone not signed in")


def _other(event: AuditEvent, words: dict[str, str]) -> str:
    """An act without words of its own, named as the record names it."""
    act = event.act.replace(".", " ").replace("-", " ").replace("_", " ")
    return _("%(by)s: %(act)s, %(target)s") % {**words, "act": act}


def _aside(event: AuditEvent) -> str:
    """Return what belongs to the sentence of an event's detail: role, number of rows and people, ways, limits passed.

    How many people a look was about is left out: at a school it is the number of teachers observed, which is not
    told where they are few.
    """
    detail = event.detail
    people = None if event.act.startswith("view.") else _length(detail.get("people"))
    parts = [
        str(Role(detail["role"]).label) if detail.get("role") in Role.values else "",
        _counted(detail.get("rows"), lambda n: ngettext("%(n)d row", "%(n)d rows", n)),
        _counted(people, lambda n: ngettext("%(n)d person", "%(n)d people", n)),
        ", ".join(str(way) for way in detail.get("ways") or []),
        _("above the limit of %(most)s") % {"most": detail["above_most"]} if "above_most" in detail else "",
        _counted(
            _length(detail.get("above")),
            lambda n: ngettext("%(n)d caseload above its limit", "%(n)d caseloads above their limits", n),
        ),
        _("while acting as someone else") if detail.get("as") else "",
    ]
    kept = [part for part in parts if part]
    return f" ({'; '.join(kept)})" if kept else ""


def _length(people: object) -> int | None:
    return len(people) if isinstance(people, list) else None


def _counted(n: object, words: Any) -> str:
    return words(n) % {"n": n} if isinstance(n, int) else ""
