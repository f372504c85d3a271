"""The files and columns of OneRoster CSV 1.1 and 1.2.1, as data.

Source: https://www.imsglobal.org/oneroster-v11-final-csv-tables and
https://www.imsglobal.org/spec/oneroster/v1p2/bind/csv. Columns that are never used (contacts,
passwords, demographics) are listed by name only: their cells are counted and dropped.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    """How a cell is read."""

    ID = auto()
    REF = auto()
    REFS = auto()
    TEXT = auto()
    WORD = auto()
    BOOL = auto()
    DATE = auto()
    STAMP = auto()
    YEAR = auto()
    GRADES = auto()
    UNUSED = auto()


class Need(Enum):
    """What an empty cell, or an absent column, means."""

    REQUIRED = auto()
    ADVISED = auto()
    OPTIONAL = auto()


@dataclass(frozen=True, slots=True)
class Column:
    """One column. `words` are the values of a WORD, `target` the file that a reference points into.

    `extensible` words may also be `ext:<token>` (1.2). `open` words are matched later: an unknown one
    is no error, except in strict mode.
    """

    name: str
    kind: Kind
    need: Need = Need.OPTIONAL
    words: tuple[str, ...] = ()
    target: str = ""
    extensible: bool = False
    open: bool = False
    limit: int = 255


@dataclass(frozen=True, slots=True)
class Table:
    """One file: `name` without `.csv`, its columns in the standard's order, and what its rows are called."""

    name: str
    columns: tuple[Column, ...]
    people: str

    @property
    def file(self) -> str:
        """The name of the file in the zip."""
        return f"{self.name}.csv"


VERSIONS = ("1.1", "1.2")
REQUIRED, ADVISED = Need.REQUIRED, Need.ADVISED
STATUS_WORDS = ("active", "tobedeleted", "inactive")
SESSION_TYPES = ("gradingPeriod", "semester", "schoolYear", "term")
ORG_TYPES = ("department", "school", "district", "local", "state", "national")
CLASS_TYPES = ("homeroom", "scheduled")
ENROLLMENT_ROLES = ("administrator", "proctor", "student", "teacher")
ROLE_WORDS = (
    "aide", "counselor", "districtAdministrator", "principal", "proctor", "siteAdministrator",
    "systemAdministrator", "teacher",
)  # fmt: skip
FAMILY_ROLES = ("guardian", "parent", "relative")
STUDENT_ROLE = "student"
TARGET_WORDS = {
    "academicSessions": "sessions",
    "orgs": "orgs",
    "courses": "courses",
    "users": "people",
    "classes": "classes",
}
OLDER_COLUMNS = {"users": ("resourceSourcedIds",)}
# Other names that exporters are known to use, read where the standard's own is missing.
ALIASES = {"grade": "grades", "termSourcedId": "termSourcedIds"}
# Never read, whoever asks for them.
PRIVATE_COLUMNS = ("password", "sms", "phone", "userIds", "pronouns", "userMasterIdentifier")

_HEAD = (
    Column("sourcedId", Kind.ID, REQUIRED),
    Column("status", Kind.WORD, words=STATUS_WORDS),
    Column("dateLastModified", Kind.STAMP),
)


def _text(*names: str, need: Need = Need.OPTIONAL, limit: int = 255) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.TEXT, need, limit=limit) for name in names)


_GRADES = Column("grades", Kind.GRADES, limit=8)


def _unused(*names: str) -> tuple[Column, ...]:
    return tuple(Column(name, Kind.UNUSED) for name in names)


def _ref(name: str, target: str, need: Need = Need.OPTIONAL) -> Column:
    return Column(name, Kind.REF, need, target=target)


def _word(name: str, words: tuple[str, ...], version: str) -> Column:
    return Column(name, Kind.WORD, REQUIRED, words=words, extensible=version == "1.2")


def _users(version: str, strict: bool) -> Table:
    names = _text("givenName", "familyName", need=ADVISED) + _text("middleName")
    # Who is whose parent has no use here; that the parents are there is asked by strict mode alone.
    agents = Column("agentSourcedIds", Kind.REFS if strict else Kind.UNUSED, target="users")
    contact = (*_text("identifier", "email"), *_unused("sms", "phone"), agents)
    enabled = Column("enabledUser", Kind.BOOL, ADVISED)
    username, ids = _text("username", need=ADVISED), _unused("userIds")
    if version == "1.1":
        roles = ("administrator", "aide", "proctor", "teacher", *FAMILY_ROLES, STUDENT_ROLE)
        own = (
            enabled,
            Column("orgSourcedIds", Kind.REFS, REQUIRED, target="orgs"),
            Column("role", Kind.WORD, REQUIRED, words=roles, open=True),
        )
        return Table(
            "users",
            (*_HEAD, *own, *username, *ids, *names, *contact, _GRADES, *_unused("password")),
            "people",
        )
    tail = (
        *_unused("password", "userMasterIdentifier"),
        *_text("preferredGivenName", "preferredMiddleName", "preferredFamilyName"),
        _ref("primaryOrgSourcedId", "orgs"),
        *_unused("pronouns"),
    )
    return Table("users", (*_HEAD, enabled, *username, *ids, *names, *contact, _GRADES, *tail), "people")


def _roles() -> Table:
    words = (*ROLE_WORDS, *FAMILY_ROLES, STUDENT_ROLE)
    return Table(
        "roles",
        (
            *_HEAD,
            _ref("userSourcedId", "users", REQUIRED),
            Column("roleType", Kind.WORD, REQUIRED, words=("primary", "secondary")),
            Column("role", Kind.WORD, REQUIRED, words=words, extensible=True, open=True),
            Column("beginDate", Kind.DATE),
            Column("endDate", Kind.DATE),
            _ref("orgSourcedId", "orgs", REQUIRED),
            *_unused("userProfileSourcedId"),
        ),
        "roles",
    )


def _sessions(version: str) -> Table:
    return Table(
        "academicSessions",
        (
            *_HEAD,
            *_text("title", need=REQUIRED),
            _word("type", SESSION_TYPES, version),
            Column("startDate", Kind.DATE, REQUIRED),
            Column("endDate", Kind.DATE, REQUIRED),
            _ref("parentSourcedId", "academicSessions"),
            Column("schoolYear", Kind.YEAR, ADVISED),
        ),
        "sessions",
    )


def _orgs(version: str) -> Table:
    return Table(
        "orgs",
        (
            *_HEAD,
            *_text("name", need=REQUIRED),
            _word("type", ORG_TYPES, version),
            *_text("identifier"),
            _ref("parentSourcedId", "orgs"),
        ),
        "orgs",
    )


def _courses() -> Table:
    return Table(
        "courses",
        (
            *_HEAD,
            _ref("schoolYearSourcedId", "academicSessions"),
            *_text("title", need=REQUIRED),
            *_text("courseCode"),
            _GRADES,
            _ref("orgSourcedId", "orgs", REQUIRED),
            *_text("subjects", "subjectCodes", limit=2_000),
        ),
        "courses",
    )


def _classes(version: str) -> Table:
    return Table(
        "classes",
        (
            *_HEAD,
            *_text("title", need=REQUIRED),
            _GRADES,
            _ref("courseSourcedId", "courses", REQUIRED),
            *_text("classCode"),
            _word("classType", CLASS_TYPES, version),
            *_unused("location"),
            _ref("schoolSourcedId", "orgs", REQUIRED),
            Column("termSourcedIds", Kind.REFS, REQUIRED, target="academicSessions"),
            *_text("subjects", "subjectCodes", limit=2_000),
            *_unused("periods"),
        ),
        "classes",
    )


def _enrollments(version: str) -> Table:
    return Table(
        "enrollments",
        (
            *_HEAD,
            _ref("classSourcedId", "classes", REQUIRED),
            _ref("schoolSourcedId", "orgs", REQUIRED),
            _ref("userSourcedId", "users", REQUIRED),
            _word("role", ENROLLMENT_ROLES, version),
            Column("primary", Kind.BOOL),
            Column("beginDate", Kind.DATE),
            Column("endDate", Kind.DATE),
        ),
        "enrollments",
    )


def _demographics() -> Table:
    person = Column("sourcedId", Kind.ID, REQUIRED, target="users")
    never_read = _unused(
        "birthDate", "sex", "americanIndianOrAlaskaNative", "asian", "blackOrAfricanAmerican",
        "nativeHawaiianOrOtherPacificIslander", "white", "demographicRaceTwoOrMoreRaces",
        "hispanicOrLatinoEthnicity", "countryOfBirthCode", "stateOfBirthAbbreviation", "cityOfBirth",
        "publicSchoolResidenceStatus",
    )  # fmt: skip
    return Table("demographics", (person, *_HEAD[1:], *never_read), "people")


_OTHER_1_1 = ("categories", "classResources", "courseResources", "lineItems", "resources", "results")
_OTHER_1_2 = (
    *_OTHER_1_1, "lineItemLearningObjectiveIds", "lineItemScoreScales", "resultLearningObjectiveIds",
    "resultScoreScales", "scoreScales", "userProfiles", "userResources",
)  # fmt: skip


def tables(version: str, *, strict: bool = False) -> tuple[Table, ...]:
    """The files that are read, in reading order: what is referred to comes before what refers.

    Roles (1.2) come before users, because a person's role decides whether the name may be kept.
    """
    roles = (_roles(),) if version == "1.2" else ()
    return (
        _sessions(version),
        _orgs(version),
        _courses(),
        *roles,
        _users(version, strict),
        _classes(version),
        _enrollments(version),
        _demographics(),
    )


def unused_files(version: str) -> tuple[str, ...]:
    """Files of the standard whose content has no use here: named in the manifest, never opened."""
    return _OTHER_1_1 if version == "1.1" else _OTHER_1_2
