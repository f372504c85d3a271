"""One-time links to set a password: signed, for so long, and void once anything about the sign-in has changed."""

from typing import Any
from uuid import UUID

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import QuerySet

from alignment_dash.access import audit
from alignment_dash.access.backends import SignInBackend
from alignment_dash.access.models import User

MADE = "user.password-link"


class PasswordLinks(PasswordResetTokenGenerator):
    """Django's generator, whose token holds until the password or the last sign-in changes, and a little more."""

    key_salt = "alignment_dash.access.signin.links.PasswordLinks"

    def make(self, user: User) -> str:
        """Return the text that stands for `user`: their id and the token."""
        return f"{user.uid.hex}-{self.make_token(user)}"

    def user_of(self, text: str, among: QuerySet[User] | None = None) -> User | None:
        """Return whose link this is; None for one that is void, or of someone who may not sign in.

        among: where the user is looked for, such as rows that are locked.
        """
        users = User.objects.all() if among is None else among
        uid, _, token = text.partition("-")
        try:
            user = users.filter(uid=UUID(uid)).first()
        except ValueError:
            return None
        if user is None or not self.check_token(user, token):
            return None
        return user if SignInBackend().user_can_authenticate(user) else None

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        # The last link that was made: one made after it is another.
        last = audit.last_id(act=MADE, target=user)
        return f"{super()._make_hash_value(user, timestamp)}{user.sessions_ended_at}{last}"


LINKS = PasswordLinks()
