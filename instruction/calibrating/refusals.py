"""What keeps an act from being done, with words for who asked."""

from django.utils.translation import gettext as _


class Refused(Exception):
    """The act does not fit how things stand; its text says why, and nothing was changed."""


class Moved(Refused):
    """Someone else, or another window, has changed the same meanwhile; `revision` is what stands now."""

    def __init__(self, revision: int) -> None:
        super().__init__(
            _("This was changed meanwhile, by someone else or in another window. Nothing was saved.")
        )
        self.revision = revision
