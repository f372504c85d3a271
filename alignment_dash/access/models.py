"""Users, the roles and grants they hold for a time, and the append-only record of what was done."""

from datetime import date
from typing import Any, ClassVar, Self
from uuid import UUID

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models.fields.json import KeyTransform
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from uuid_utils import compat

from alignment_dash.access.roles import Role


def new_uid() -> UUID:
    """Return a time-ordered UUID (version 7), the id that URLs and the API show."""
    return compat.uuid7()


class DatedQuerySet(models.QuerySet[Any]):
    """Rows that hold over a `during` range, first day in and last day out."""

    def on(self, day: date) -> Self:
        """Keep what holds on `day`."""
        return self.filter(during__contains=day)

    def end_on(self, day: date) -> int:
        """End what began before `day` on it, the first day without, in one statement; return how many rows."""
        ended = models.Func(
            models.F("during__startswith"),
            models.Value(day, models.DateField()),
            function="daterange",
            output_field=DateRangeField(),
        )
        return self.filter(during__startswith__lt=day).update(during=ended)


class UserQuerySet(models.QuerySet["User"]):
    def able(self) -> "UserQuerySet":
        """Keep who may sign in."""
        return self.filter(is_active=True, suspended_by_roster=False, is_machine=False)

    def people(self) -> "UserQuerySet":
        """Leave out the accounts of programs."""
        return self.filter(is_machine=False)

    def holding(self, role: Role, day: date) -> "UserQuerySet":
        """Keep who holds `role` on `day`."""
        grants = RoleGrant.objects.filter(role=role).on(day)
        return self.filter(pk__in=grants.values("user_id"))


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):  # type: ignore[misc]
    def create_user(self, *, email: str, name: str, password: str | None = None, **fields: Any) -> "User":
        """Create a user; the e-mail is trimmed and lower-cased, for it is what sign-in matches on."""
        user: User = self.model(email=email.strip().lower(), name=name, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def get_by_natural_key(self, username: str | None) -> "User":
        user: User = self.get(email=(username or "").strip().lower())
        return user


class User(AbstractBaseUser):
    """Someone who can sign in. What they are in the district hangs on the person, what they may see on roles."""

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=200)
    is_active = models.BooleanField(default=True)
    # Apart from is_active, which people set: what a roster closed, a later roster opens again, and no more.
    suspended_by_roster = models.BooleanField(default=False)
    # A program's own account: it has no password, holds no roles and opens no pages (see access/clients).
    is_machine = models.BooleanField(default=False, editable=False)
    # Part of what a session must match: when it changes, whoever is signed in as this user is signed out everywhere.
    sessions_ended_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(email=Lower("email")),
                name="access_user_email_lower",
                violation_error_message=_("Write the e-mail address in lower case."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        # Django's, with one thing more that a session must match; also where SECRET_KEY changes.
        ended = self.sessions_ended_at.isoformat() if self.sessions_ended_at else ""
        salt = "alignment_dash.access.models.User.get_session_auth_hash"
        return salted_hmac(salt, f"{self.password} {ended}", secret=secret, algorithm="sha256").hexdigest()


class RoleGrant(models.Model):
    """A role held by a user over a time, at an org (its id; none for the district's own roles).

    The same role may come from people and from rules at once, so that either may end it without the other.
    """

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="role_grants")
    role = models.CharField(max_length=32, choices=Role.choices)
    org_id = models.BigIntegerField(null=True, blank=True)
    during = DateRangeField()
    # What gave it, such as "rule:12": the rule finds and ends its own. "" for people, whom no rule touches.
    source = models.CharField(max_length=64, blank=True, default="")
    given_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    given_at = models.DateTimeField(null=True, blank=True)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="access_rolegrant_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.EQUAL),
                    (models.functions.Coalesce("org_id", -1), RangeOperators.EQUAL),
                    ("source", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
                violation_error_message=_("This person already holds this role there at that time."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role} {self.org_id or 'district'}"


class Grant(models.Model):
    """A school opened to a user over a time by something an app keeps, such as a caseload."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    school_id = models.BigIntegerField()
    during = DateRangeField()
    # What opened it, such as "caseload:12": the app that wrote it finds and ends its own.
    source = models.CharField(max_length=64)

    objects = DatedQuerySet.as_manager()

    class Meta:
        constraints = [
            ExclusionConstraint(
                name="access_grant_once",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("school_id", RangeOperators.EQUAL),
                    ("source", RangeOperators.EQUAL),
                    ("during", RangeOperators.OVERLAPS),
                ],
            )
        ]

    def __str__(self) -> str:
        return f"{self.user_id} school {self.school_id} by {self.source}"


class AuditEvent(models.Model):
    """One thing that was done. Insert-only by database grant; text ids, so that history never blocks deletion."""

    at = models.DateTimeField(auto_now_add=True)
    by_id = models.BigIntegerField(null=True)
    by_label = models.CharField(max_length=200)
    act = models.CharField(max_length=64)
    target_kind = models.CharField(max_length=64)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(max_length=200, blank=True)
    detail = models.JSONField(default=dict)

    class Meta:
        # Millions of rows, read newest first by each of these, a page at a time from where the last one ended.
        indexes = [
            models.Index(fields=["-at", "-id"], name="access_audit_newest"),
            models.Index(fields=["by_id", "-at", "-id"], name="access_audit_by"),
            models.Index(fields=["act", "-at", "-id"], name="access_audit_act"),
            models.Index(fields=["target_id", "-at", "-id"], name="access_audit_of"),
            # Whose evidence was seen, for "who has looked at what is said about me".
            GinIndex(
                OpClass(KeyTransform("people", "detail"), name="jsonb_path_ops"),
                name="access_audit_people",
                condition=models.Q(detail__has_key="people"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.target_kind} {self.target_id}"


class PageUse(models.Model):
    """How often a page was opened on a day by those who hold a role; never by whom (see trace/usage.py)."""

    day = models.DateField()
    url_name = models.CharField(max_length=100)
    # "" for the roles together that too few people hold to be told apart.
    role = models.CharField(max_length=32, blank=True)
    views = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "url_name", "role"], name="access_pageuse_once")
        ]

    def __str__(self) -> str:
        return f"{self.day} {self.url_name} {self.role} {self.views}"


class Change(models.Model):
    """A row as it was before a change; written by a trigger (see database.py), insert-only."""

    table_name = models.CharField(max_length=64)
    row_id = models.BigIntegerField()
    before = models.JSONField()
    at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200, blank=True)

    class Meta:
        indexes = [models.Index(fields=["table_name", "row_id"], name="access_change_row")]

    def __str__(self) -> str:
        return f"{self.table_name} {self.row_id}"
