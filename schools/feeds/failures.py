"""Why a feed could not be fetched, in words that a data administrator can act on."""

from __future__ import annotations


class FeedFailed(Exception):
    """Nothing was fetched. The message is shown to people: it holds no secret and nothing of an answer's body."""


class SignInRefused(FeedFailed):
    """The provider did not accept who we say we are."""


class SetMoved(FeedFailed):
    """The provider's records changed while they were being fetched, so that they do not fit together."""
