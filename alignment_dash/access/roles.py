"""The roles a person may hold, each for a time and at an org."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """Ordered from the whole district to one classroom; the definitions are in docs/who-sees-what.md."""

    DATA_ADMINISTRATOR = "data-administrator", _("District data administrator")
    CABINET = "cabinet", _("Superintendent's cabinet")
    CI_ADMINISTRATOR = "ci-administrator", _("Curriculum and instruction administrator")
    CI_STAFF = "ci-staff", _("Curriculum and instruction staff")
    HR = "hr", _("Human resources")
    CALIBRATION_LEAD = "calibration-lead", _("Calibration lead")
    SUPERVISOR = "supervisor", _("Principal supervisor")
    PRINCIPAL = "principal", _("Principal")
    ASSISTANT_PRINCIPAL = "assistant-principal", _("Assistant principal")
    DEPARTMENT_LEAD = "department-lead", _("Department lead")
    TEACHER = "teacher", _("Teacher")
    ASSOCIATION = "association", _("Association representative")
    BOARD = "board", _("Board viewer")


# Held at a school, or at an org above several; the others are the district's own.
AT_SCHOOLS = frozenset({Role.PRINCIPAL, Role.ASSISTANT_PRINCIPAL, Role.DEPARTMENT_LEAD, Role.TEACHER})
