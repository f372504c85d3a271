"""Reads about programs that sign in."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from alignment_dash.access.clients.models import ApiClient, ClientSecret, ClientState


@dataclass(frozen=True, slots=True)
class ClientFacts:
    """A program, the secrets that work now, the newest first, and how many tokens it holds."""

    client: ApiClient
    secrets: list[ClientSecret]
    tokens: int


def clients() -> list[ApiClient]:
    """Return every program: those that work first, then by name. One query."""
    found = ApiClient.objects.select_related("created_by").order_by("name")
    return sorted(found, key=lambda client: client.state is not ClientState.ACTIVE)


def client_of(uid: UUID) -> ApiClient | None:
    """Return the program with this client id; None when there is none."""
    return ApiClient.objects.select_related("user", "created_by").filter(uid=uid).first()


def facts_of(client: ApiClient) -> ClientFacts:
    """Return what the page of one program shows."""
    now = timezone.now()
    working = ClientSecret.objects.filter(client=client).working(now)
    held = client.tokens.filter(token__expiry__gt=now)
    return ClientFacts(client, list(working.order_by("-created_at", "-pk")), held.count())
