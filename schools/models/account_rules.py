"""Which roles of the program follow from what the roster says that people do."""

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from alignment_dash.access.models import new_uid
from alignment_dash.access.roles import Role
from schools.models.people import StaffRole


class RoleAssignmentRule(models.Model):
    """Who has `staff_role` in the roster holds `role` where and while they have it, as long as the rule is on.

    makes_accounts: people without an account get one with the roster's e-mail address and no password.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    staff_role = models.CharField(_("role of the roster"), max_length=32, choices=StaffRole.choices)
    role = models.CharField(_("role here"), max_length=32, choices=Role.choices)
    is_on = models.BooleanField(default=False)
    makes_accounts = models.BooleanField(_("also make accounts"), default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["staff_role", "role"],
                name="schools_roleassignmentrule_once",
                violation_error_message=_("There is such a rule already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.staff_role} holds {self.role}"
