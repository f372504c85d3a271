"""The page for someone whom an identity provider sent and who is not let in."""

import logging

from allauth.core.internal import ratelimit
from django.contrib.auth.signals import user_login_failed
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

# What is told of: an answer to a sign-in that was begun here. Anyone can ask for the other refusals, without end.
TOLD = frozenset({"account", "email", "district", "token"})

logger = logging.getLogger(__name__)

# No account, one that is closed and one that belongs to someone else read alike: nobody learns which it is.
REASONS = {
    "account": _(
        "There is no account here for you that can be used. Your district's data administrator makes accounts, and"
        " gives each the e-mail address that you have there."
    ),
    "email": _(
        "Your district's sign-in does not vouch for your e-mail address, so it cannot open an account. Your"
        " district's data administrator can help."
    ),
    "district": _("You signed in there with an account that is not of this district. Choose the other one."),
    "state": _(
        "This sign-in was begun in another window or too long ago. Nothing is wrong with your account: begin again."
    ),
    "token": _("The answer of your district's sign-in did not hold. Begin again."),
    "provider": _("Your district's sign-in does not answer as it should. Try again in a few minutes."),
}


def refuse(request: HttpRequest, why: str, *, provider: str, email: str = "") -> HttpResponse:
    """Return the page that says why nobody was let in, and let whoever listens know of it if it is one of TOLD.

    Too many from one address are a page that says so, and nothing is told: each leaves a record for good.

    why: a word of REASONS. email: whom the provider vouched for, where it did; it is not shown.
    """
    if why in TOLD:
        if not ratelimit.consume(request, app="allauth.account", action="identity_failed", limit_get=True):
            too_often: HttpResponse = ratelimit.respond_429(request)
            return too_often
        logger.info("nobody was let in from %s: %s", provider, why)
        user_login_failed.send(
            sender=__name__, credentials={"email": email, "provider": provider}, request=request, why=why
        )
    return render(request, "account/refused.html", {"reason": REASONS[why]}, status=403)
