"""Writes of sign-in: links to set a password, passwords, links to identity providers, and the end of sessions."""

from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.urls import reverse

from alignment_dash.access import audit
from alignment_dash.access.models import User
from alignment_dash.access.second_factor import alone
from alignment_dash.access.sessions import sign_out
from alignment_dash.access.signin.links import LINKS, MADE


@transaction.atomic
def set_password_link(*, user: User, by: User) -> str:
    """Return the path of a page where `user` sets a password: it opens once, within PASSWORD_RESET_TIMEOUT.

    It stands nowhere else, and voids the ones made before. Whoever has it can become `user`, so it is handed over
    in person. ValidationError, in words, where `by` has just removed the second factor (see alone.py).
    """
    alone.refuse_link(user=user, by=by)
    audit.record(act=MADE, target=user, by=by)
    # As it stands now: the link is void once the last sign-in is another.
    user = User.objects.get(pk=user.pk)
    return reverse("password-set", query={"link": LINKS.make(user)})


def drop_sessions(*, user: User) -> None:
    """Sign `user` out everywhere, void their links and delete their tokens; who calls records what it is for."""
    user.sessions_ended_at = sign_out(users=User.objects.filter(pk=user.pk))


@transaction.atomic
def set_password(*, user: User, password: str, by: User) -> None:
    """Set a password that the validators have accepted; every session of `user` ends, and every link."""
    user.set_password(password)
    user.save(update_fields=["password"])
    drop_sessions(user=user)
    audit.record(act="user.password", target=user, by=by)


@transaction.atomic
def use_link(*, link: str, password: str) -> bool:
    """Set the password of whose link it is. False, and nothing is done, where the link is void by now.

    Of two who use it at once the second waits for the first, and comes too late.
    """
    user = LINKS.user_of(link, among=User.objects.select_for_update())
    if user is None:
        return False
    set_password(user=user, password=password, by=user)
    return True


@transaction.atomic
def end_sessions(*, user: User, by: User | None, why: str) -> None:
    """Sign `user` out everywhere. why: a word such as "roles ended" for the record."""
    drop_sessions(user=user)
    audit.record(act="user.sessions-end", target=user, by=by, detail={"why": why})


@transaction.atomic
def link(*, user: User, account: SocialAccount) -> bool:
    """Let the subject at an identity provider open the account of `user` from now on.

    False, and nothing is done, where the account is linked to another subject at this provider.
    """
    User.objects.select_for_update().get(pk=user.pk)
    if SocialAccount.objects.filter(user=user, provider=account.provider).exists():
        return False
    account.user = user
    account.save()
    audit.record(act="user.link", target=user, by=user, detail={"provider": account.provider})
    return True


@transaction.atomic
def unlink(*, user: User, by: User | None) -> int:
    """Forget which subjects open the account of `user`; the next one with the address is linked anew.

    Return how many there were; the sessions end.
    """
    count: int = SocialAccount.objects.filter(user=user).delete()[0]
    drop_sessions(user=user)
    audit.record(act="user.unlink", target=user, by=by, detail={"links": count})
    return count
