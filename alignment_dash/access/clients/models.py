"""Programs that sign in by themselves (OAuth 2 clients), their secrets, and the tokens they were given."""

from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from knox.models import AuthToken

from alignment_dash.access.models import User, new_uid
from alignment_dash.access.policy import MachineScope
from alignment_dash.schoolyear import today

RATES = (1, 6000)


def scope_field() -> "ArrayField[Any, Any]":
    """Return a new field that holds machine scopes."""
    return ArrayField(
        models.CharField(max_length=32, choices=[(one.value, one.value) for one in MachineScope])
    )


class ClientState(models.TextChoices):
    """Whether a program can sign in."""

    ACTIVE = "active", _("Works")
    EXPIRED = "expired", _("Ended")
    DISABLED = "disabled", _("Disabled")


class ApiClient(models.Model):
    """A program that signs in by itself. `uid` is its client id; its user is who the audit names.

    scopes: MachineScope values, the most that a token of it may have. rate: requests a minute. expires_on: the
    last day on which it signs in.
    """

    uid = models.UUIDField(default=new_uid, unique=True, editable=False)
    user = models.OneToOneField(User, on_delete=models.PROTECT, related_name="api_client")
    name = models.CharField(_("name"), max_length=100, unique=True)
    scopes = scope_field()
    rate = models.PositiveIntegerField(
        _("requests a minute"),
        default=120,
        validators=[MinValueValidator(RATES[0]), MaxValueValidator(RATES[1])],
    )
    expires_on = models.DateField(_("works until"))
    disabled_at = models.DateTimeField(null=True, editable=False)
    last_used_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, blank=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(rate__range=RATES), name="clients_apiclient_rate_in_range"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def state(self) -> ClientState:
        """Whether it can sign in today."""
        if self.disabled_at:
            return ClientState.DISABLED
        return ClientState.ACTIVE if self.expires_on >= today() else ClientState.EXPIRED

    @property
    def is_live(self) -> bool:
        """Whether it may sign in, and its tokens be used."""
        return self.state is ClientState.ACTIVE

    @property
    def granted(self) -> frozenset[MachineScope]:
        """Its scopes, without those that this release does not know."""
        return frozenset(one for one in MachineScope if one in self.scopes)


class SecretQuerySet(models.QuerySet["ClientSecret"]):
    def working(self, now: datetime) -> "SecretQuerySet":
        """Keep those that still sign in."""
        return self.filter(models.Q(ends_at=None) | models.Q(ends_at__gt=now))


class ClientSecret(models.Model):
    """The digest of a client's secret. Two work at a time while one replaces the other, until `ends_at`."""

    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="secrets")
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=timezone.now)
    ends_at = models.DateTimeField(null=True)
    last_used_at = models.DateTimeField(null=True)

    objects = SecretQuerySet.as_manager()

    def __str__(self) -> str:
        return f"secret {self.pk} of client {self.client_id}"


class ClientToken(models.Model):
    """Whose a token is, and what it was asked for; the token itself is knox's row, a digest that expires."""

    token = models.OneToOneField(
        AuthToken, on_delete=models.CASCADE, primary_key=True, related_name="client_token"
    )
    client = models.ForeignKey(ApiClient, on_delete=models.CASCADE, related_name="tokens")
    scopes = scope_field()

    def __str__(self) -> str:
        return f"token of client {self.client_id}"

    @property
    def granted(self) -> frozenset[MachineScope]:
        """What it opens now: what it was given, as far as the client still has it."""
        return frozenset(one for one in self.client.granted if one in self.scopes)
