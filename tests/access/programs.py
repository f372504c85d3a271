"""Programs that sign in, as tests need them."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from alignment_dash.access.clients import actions
from alignment_dash.access.clients.models import ApiClient
from alignment_dash.access.models import new_uid
from alignment_dash.access.policy import MachineScope
from alignment_dash.schoolyear import today

TOKEN = "/api/v1/oauth/token/"
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Program:
    """A program and the secret it was given."""

    client: ApiClient
    secret: str

    @property
    def basic(self) -> dict[str, str]:
        """The header with which it shows its secret."""
        return basic(str(self.client.uid), self.secret)


def program(*scopes: MachineScope, rate: int = 120, by: Any = None) -> Program:
    """Add a program with these scopes; by default it may send rosters."""
    client, secret = actions.add_client(
        name=f"Nightly roster {new_uid()}",
        scopes=scopes or [MachineScope.ROSTER_WRITE],
        rate=rate,
        expires_on=today() + timedelta(days=30),
        by=by,
    )
    return Program(client, secret)


def basic(client_id: str, secret: str) -> dict[str, str]:
    """Return the header that shows an id and a secret."""
    return {"Authorization": "Basic " + base64.b64encode(f"{client_id}:{secret}".encode()).decode()}


def ask(http: Any, body: str = "grant_type=client_credentials", headers: Any = None) -> Any:
    """Ask for a token."""
    return http.post(TOKEN, body, content_type=FORM, headers=headers or {})


def bearer(http: Any, one: Program, scope: str = "") -> dict[str, str]:
    """Get a token and return the header that shows it."""
    body = "grant_type=client_credentials" + (f"&scope={scope}" if scope else "")
    return {"Authorization": f"Bearer {ask(http, body, one.basic).json()['access_token']}"}
