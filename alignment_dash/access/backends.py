"""Signing in with e-mail and password, and staying signed in."""

from typing import Any

from django.contrib.auth.backends import ModelBackend


class SignInBackend(ModelBackend):
    """Django's way, save that a user whom a roster suspended, or that is a program, is nobody here.

    They are asked about at sign-in and again at each request, so an open session ends with the suspension. The
    page says no more than for a wrong password.
    """

    def user_can_authenticate(self, user: Any) -> bool:
        """Say whether the user may sign in, and stay so."""
        if getattr(user, "is_machine", False) or getattr(user, "suspended_by_roster", False):
            return False
        return super().user_can_authenticate(user)
