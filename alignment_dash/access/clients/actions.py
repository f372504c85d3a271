"""Writes about programs that sign in: add one, change it, give it a new secret, disable it, give it a token."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils import timezone
from knox.crypto import create_token_string, hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS

from alignment_dash.access import audit
from alignment_dash.access.clients.models import ApiClient, ClientSecret, ClientToken
from alignment_dash.access.clients.secret import digest_of, new_secret
from alignment_dash.access.models import User, new_uid
from alignment_dash.access.policy import MachineScope

TOKEN_LASTS = timedelta(hours=1)
# Tokens of one program that work at a time: for jobs side by side, each with its own.
MOST_TOKENS = 50
# How exactly last use is known; finer would be one more write for each request.
USE_KNOWN_TO = timedelta(minutes=1)


@transaction.atomic
def add_client(
    *, name: str, scopes: Collection[MachineScope], rate: int, expires_on: date, by: User | None
) -> tuple[ApiClient, str]:
    """Add a program with a user of its own; return it and its secret, which is not kept."""
    uid = new_uid()
    # .invalid is no one's domain (RFC 2606), so the address is neither mailed to nor anybody's.
    user = User.objects.create_user(
        email=f"{uid}@programs.invalid", name=name, password=None, is_machine=True
    )
    client = ApiClient(
        uid=uid, user=user, name=name, scopes=sorted(scopes), rate=rate, expires_on=expires_on, created_by=by
    )
    client.full_clean()
    client.save()
    audit.record(act="client.add", target=client, by=by, detail=_described(client))
    return client, _add_secret(client)


@transaction.atomic
def change_client(
    *,
    client: ApiClient,
    name: str,
    scopes: Collection[MachineScope],
    rate: int,
    expires_on: date,
    by: User | None,
) -> ApiClient:
    """Change what a program may do; what it loses, its tokens lose at once."""
    before = _described(client)
    client.name, client.scopes, client.rate, client.expires_on = name, sorted(scopes), rate, expires_on
    client.full_clean()
    client.save(update_fields=["name", "scopes", "rate", "expires_on"])
    client.user.name = name
    client.user.save(update_fields=["name"])
    detail = {"before": before, "after": _described(client)}
    audit.record(act="client.change", target=client, by=by, detail=detail)
    return client


@transaction.atomic
def rotate_secret(*, client: ApiClient, overlap: timedelta, by: User | None) -> str:
    """Return a new secret; the newest of those before it works for `overlap` more, any other ends now.

    Without an overlap the program's tokens end too: whoever knew the old secret has nothing left.
    """
    ApiClient.objects.select_for_update().get(pk=client.pk)
    now = timezone.now()
    held = list(client.secrets.working(now).order_by("-created_at", "-pk"))
    client.secrets.exclude(pk__in=[one.pk for one in held[:1] if overlap]).delete()
    for one in held[:1] if overlap else []:
        one.ends_at = min(filter(None, (one.ends_at, now + overlap)))
        one.save(update_fields=["ends_at"])
    if not overlap:
        _end_tokens(client)
    detail = {"overlap_hours": round(overlap / timedelta(hours=1))}
    audit.record(act="client.rotate", target=client, by=by, detail=detail)
    return _add_secret(client)


@transaction.atomic
def disable_client(*, client: ApiClient, by: User | None) -> None:
    """End a program's sign-in for good: its secrets and tokens are gone at once, its name stays in the audit."""
    client = ApiClient.objects.select_for_update().get(pk=client.pk)
    if client.disabled_at:
        return
    client.disabled_at = timezone.now()
    client.save(update_fields=["disabled_at"])
    client.secrets.all().delete()
    _end_tokens(client)
    User.objects.filter(pk=client.user_id).update(is_active=False)
    audit.record(act="client.disable", target=client, by=by)


@transaction.atomic
def issue_token(*, client: ApiClient, secret: ClientSecret, scopes: Collection[str], token: str) -> None:
    """Keep the digest of a new `token` (see `new_token`) of a program for an hour, with these scopes.

    Of many, the newest MOST_TOKENS work.
    """
    now = timezone.now()
    of_program = AuthToken.objects.filter(user_id=client.user_id)
    kept = of_program.filter(expiry__gt=now).order_by("-created", "-pk").values("pk")[: MOST_TOKENS - 1]
    of_program.exclude(pk__in=list(kept.values_list("pk", flat=True))).delete()
    row = AuthToken(
        token_key=token[: CONSTANTS.TOKEN_KEY_LENGTH],
        digest=hash_token(token),
        user_id=client.user_id,
        expiry=now + TOKEN_LASTS,
    )
    row.save(force_insert=True)
    ClientToken.objects.create(token=row, client=client, scopes=sorted(scopes))
    ClientSecret.objects.filter(pk=secret.pk).update(last_used_at=now)
    audit.record(act="client.sign-in", target=client, by=client.user, detail={"scopes": sorted(scopes)})


def new_token() -> str:
    """Return a new token, 64 hexadecimal digits."""
    return str(create_token_string())


def note_use(*, client: ApiClient, now: datetime) -> None:
    """Remember that a program's token was used."""
    if client.last_used_at is None or now - client.last_used_at >= USE_KNOWN_TO:
        ApiClient.objects.filter(pk=client.pk).update(last_used_at=now)


def _add_secret(client: ApiClient) -> str:
    secret = new_secret()
    ClientSecret.objects.create(client=client, digest=digest_of(secret))
    return secret


def _end_tokens(client: ApiClient) -> None:
    AuthToken.objects.filter(user_id=client.user_id).delete()


def _described(client: ApiClient) -> dict[str, object]:
    return {
        "scopes": list(client.scopes),
        "rate": client.rate,
        "expires_on": client.expires_on.isoformat(),
    }
